/**
 * Listens for connections.
 *
 * @module
 */

import {
  type Address,
  serve,
  type ServeOptions,
  type Server,
  type ServerEvent,
  type TlsListenOptions,
} from "../mod.ts";
import type { Log } from "./log.ts";
import type { Crew, Part } from "./part.ts";
import { ServerLog } from "./server_log.ts";
import type { Service } from "./services.ts";
import type { Terminal } from "./terminal.ts";
import { readTlsFiles } from "./tls_files.ts";

/** A server of messages of any type. */
type AnyServer = Pick<
  Server<unknown>,
  "addresses" | "connections" | "setCertificate" | "shutdown"
>;

/** The part of the library's options that no message's type is in. */
type ServerSettings = Omit<ServeOptions, "encoding" | "onEvent">;

/**
 * Listens for connections.
 *
 * @param crew The command line, and which worker this is.
 * @param addresses Where.
 * @param terminal Where certificates are.
 * @param log Where it is told what happens.
 * @returns What listens.
 */
export async function startStreams(
  { command: { options, service }, worker }: Crew,
  addresses: readonly Address[],
  terminal: Terminal,
  log: Log,
): Promise<Part> {
  const { alpn, ca, cert, key, mode } = options;
  const isTls = addresses.some(({ transport }) => transport === "tls");
  const tls: TlsListenOptions = isTls
    ? {
      ...await readTlsFiles({ ca, cert, key }, terminal),
      ...(alpn === undefined ? {} : { alpn }),
      requireClientCert: options["require-client-cert"],
    }
    : {};
  const trusted = options["proxy-protocol-from"];
  const server = await serveWith(
    service,
    addresses,
    new ServerLog(log, worker),
    {
      framing: options.frame,
      idleTimeoutMs: options["idle-timeout"],
      maxConnections: Math.ceil(options["max-connections"] / options.workers),
      maxConnectionsPerPeer: options["max-connections-per-peer"] ?? Infinity,
      maxMessageBytes: options["max-message"],
      messageTimeoutMs: options["message-timeout"],
      sendTimeoutMs: options["send-timeout"],
      reusePort: worker !== undefined,
      tlsHandshakeTimeoutMs: options["handshake-timeout"],
      ...tls,
      ...(mode === undefined ? {} : { mode }),
      ...(trusted === undefined ? {} : { proxyProtocol: { trusted } }),
      whenFull: options["when-full"],
    },
  );
  return {
    addresses: server.addresses,
    open: () => server.connections.size,
    cut() {
      for (const connection of server.connections) connection.abort();
    },
    shutdown: (graceMs) => server.shutdown({ graceMs }),
    setCertificate: (certificate) =>
      isTls ? server.setCertificate(certificate) : Promise.resolve(),
    // Each connection had a line of its own.
    tellTotals: () => {},
  };
}

function serveWith(
  service: Service,
  addresses: readonly Address[],
  log: ServerLog,
  options: ServerSettings,
): Promise<AnyServer> {
  if (service.encoding === "text") {
    const { encoding, handler } = service;
    const onEvent = (event: ServerEvent<string>) => log.event(event);
    return serve(addresses, { ...options, encoding, onEvent }, handler);
  }
  const { encoding, handler } = service;
  const onEvent = (event: ServerEvent) => log.event(event);
  return serve(addresses, { ...options, encoding, onEvent }, handler);
}
