/**
 * How a command listens for connections, as the library takes it.
 *
 * @module
 */

import type { Address, ServeOptions } from "../../../mod.ts";
import type { TlsListenOptions } from "../../../lib/transport/tls/mod.ts";
import { isWebSocket } from "../../arguments/kinds.ts";
import type { ValuesOf } from "../../arguments/option.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { webSocketServer } from "../../websocket/websocket_options.ts";
import type { SERVER_OPTIONS } from "../server_option_table.ts";

/** The values of the options that say how to listen. */
export type ListenValues = Pick<
  ValuesOf<typeof SERVER_OPTIONS>,
  | ("alpn" | "ca" | "cert" | "key" | "require-client-cert" | "tls-engine")
  | ("handshake-timeout" | "max-connections" | "max-connections-per-peer")
  | ("max-proxy-header" | "mode" | "proxy-protocol-from" | "when-full")
  | ("deflate" | "origin" | "ping" | "protocol" | "ws-type")
>;

/** The options of the library that every command takes which listens. */
export type ListenSettings =
  & { readonly maxConnections: number }
  & Pick<
    ServeOptions,
    | keyof TlsListenOptions
    | ("maxConnectionsPerPeer" | "mode" | "proxyProtocol")
    | ("tlsHandshakeTimeoutMs" | "webSocket" | "whenFull")
  >;

/**
 * Gives what the options and the files of TLS come to.
 *
 * @param addresses Where to listen.
 * @param terminal Where certificates are.
 * @throws {UsageError} If a file cannot be read, or is not what it should be.
 */
export async function listenSettings(
  options: ListenValues,
  addresses: readonly Address[],
  terminal: Terminal,
): Promise<ListenSettings> {
  const { mode } = options;
  const trusted = options["proxy-protocol-from"];
  return {
    maxConnections: options["max-connections"],
    maxConnectionsPerPeer: options["max-connections-per-peer"] ?? Infinity,
    tlsHandshakeTimeoutMs: options["handshake-timeout"],
    ...addresses.some(({ isTls }) => isTls)
      ? await tlsOf(options, terminal)
      : {},
    ...(mode === undefined ? {} : { mode }),
    ...(trusted === undefined ? {} : {
      proxyProtocol: {
        trusted,
        maxHeaderBytes: options["max-proxy-header"],
      },
    }),
    ...(addresses.some(isWebSocket)
      ? { webSocket: webSocketServer(options) }
      : {}),
    whenFull: options["when-full"],
  };
}

/** Few servers have TLS, so what reads its files is loaded for those. */
async function tlsOf(
  { alpn, ca, cert, key, ...options }: ListenValues,
  terminal: Terminal,
): Promise<TlsListenOptions> {
  const { readTlsFiles } = await import("../../tls/tls_files.ts");
  const tlsEngine = options["tls-engine"];
  return {
    ...await readTlsFiles({ ca, cert, key }, terminal),
    ...(alpn === undefined ? {} : { alpn }),
    ...(tlsEngine === undefined ? {} : { tlsEngine }),
    requireClientCert: options["require-client-cert"],
  };
}
