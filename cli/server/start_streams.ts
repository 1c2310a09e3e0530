/**
 * Listens for connections.
 *
 * @module
 */

import {
  type Address,
  type MessageConnection,
  serve,
  type ServeOptions,
  type Server,
  type ServerEvent,
} from "../../mod.ts";
import type { TlsListenOptions } from "../../lib/transport/tls/mod.ts";
import { messageSettings } from "../arguments/common_options.ts";
import type { Log } from "../output/log.ts";
import { wireView } from "../output/wire_view.ts";
import type { RunningServer, WorkerCommand } from "./running_server.ts";
import { ServerLog } from "./server_log.ts";
import type { StreamHandler } from "./service.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readTlsFiles } from "../tls/tls_files.ts";

/** A server, whatever it speaks. */
type AnyServer = Pick<
  Server<
    unknown,
    Pick<MessageConnection<unknown>, "abort" | "remoteAddress" | "stats">
  >,
  "addresses" | "connections" | "setCertificate" | "shutdown"
>;

/** The library's options without those that depend on the message's type. */
type ServerSettings = Omit<ServeOptions, "encoding" | "onEvent">;

/** The options that every protocol shares. */
export type ListenSettings = Pick<
  ServeOptions,
  | keyof TlsListenOptions
  | ("maxConnections" | "maxConnectionsPerPeer" | "whenFull")
  | ("mode" | "proxyProtocol" | "reusePort" | "tlsHandshakeTimeoutMs" | "wrap")
>;

/**
 * Listens for connections.
 *
 * @param task The command line, and which worker this is.
 * @param terminal Where certificates are.
 */
export async function startStreams(
  task: WorkerCommand,
  addresses: readonly Address[],
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  const { command, worker } = task;
  const { options, service } = command;
  const settings = await listenSettings(task, addresses, terminal, log);
  let server: AnyServer;
  if (service.protocol !== undefined) {
    const { startHttp } = await service.protocol.load();
    server = await startHttp(task, addresses, settings, log);
  } else {
    const handler = service.stream!({ options, terminal });
    const serverLog = new ServerLog(log, worker);
    server = await serveWith(handler, addresses, serverLog, {
      ...settings,
      ...messageSettings(options),
      idleTimeoutMs: options["idle-timeout"],
      messageTimeoutMs: options["message-timeout"],
      sendTimeoutMs: options["send-timeout"],
    });
  }
  return {
    addresses: server.addresses,
    open: () => server.connections.size,
    cut() {
      for (const connection of server.connections) connection.abort();
    },
    shutdown: (graceMs) => server.shutdown({ graceMs }),
    setCertificate: (certificate) =>
      isTls(addresses) ? server.setCertificate(certificate) : Promise.resolve(),
    // Each connection had a line of its own.
    tellTotals: () => {},
  };
}

async function listenSettings(
  { command: { options }, recording, worker }: WorkerCommand,
  addresses: readonly Address[],
  terminal: Terminal,
  log: Log,
): Promise<ListenSettings> {
  const { alpn, ca, cert, key, mode, "tls-engine": tlsEngine } = options;
  const tls: TlsListenOptions = isTls(addresses)
    ? {
      ...await readTlsFiles({ ca, cert, key }, terminal),
      ...(alpn === undefined ? {} : { alpn }),
      ...(tlsEngine === undefined ? {} : { tlsEngine }),
      requireClientCert: options["require-client-cert"],
    }
    : {};
  const trusted = options["proxy-protocol-from"];
  const view = wireView(options, log, true);
  return {
    maxConnections: Math.ceil(options["max-connections"] / options.workers),
    maxConnectionsPerPeer: options["max-connections-per-peer"] ?? Infinity,
    reusePort: worker !== undefined,
    tlsHandshakeTimeoutMs: options["handshake-timeout"],
    ...tls,
    ...(mode === undefined ? {} : { mode }),
    ...(trusted === undefined ? {} : {
      proxyProtocol: {
        trusted,
        maxHeaderBytes: options["max-proxy-header"],
      },
    }),
    wrap: recording?.wrap("server", view) ?? view,
    whenFull: options["when-full"],
  };
}

function isTls(addresses: readonly Address[]): boolean {
  return addresses.some(({ transport }) => transport === "tls");
}

function serveWith(
  service: StreamHandler,
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
