/**
 * Listens on every address of the command line: connections on some, datagrams
 * on others, all of them one server to whoever started it.
 *
 * @module
 */

import {
  type Address,
  ConnectionError,
  type DatagramHandler,
  type DatagramServer,
  type DatagramServerEvent,
  type MessageOf,
  serve,
  serveDatagrams,
  type ServeDatagramsOptions,
  type ServeOptions,
  type Server,
  type ServerEvent,
  type ShutdownReport,
  type TlsCertificate,
  type TlsListenOptions,
} from "../mod.ts";
import { DatagramLog } from "./datagram_log.ts";
import type { Log } from "./log.ts";
import { ServerLog } from "./server_log.ts";
import type { ServerCommand } from "./server_options.ts";
import type { Service } from "./services.ts";
import type { Terminal } from "./terminal.ts";
import { readTlsFiles } from "./tls_files.ts";
import { startWorker } from "./start_worker.ts";

/** What listens on some of the addresses. */
export interface Part {
  /** Where. */
  readonly addresses: readonly Address[];
  /** Rejects if it fails as a whole. */
  readonly failed?: Promise<never>;
  /** How many connections are open. */
  open(): number | Promise<number>;
  /** Cuts them. */
  cut(): void;
  /** Lets them finish, for so long. */
  shutdown(graceMs: number): Promise<ShutdownReport>;
  /** Shows another certificate from now on, where one is shown. */
  setCertificate(certificate: TlsCertificate): Promise<void>;
  /** Tells what went over it, once it was shut down. */
  tellTotals(): void;
}

/** Everything that listens. */
export class Servers {
  /** Where, in the order of the command line. */
  readonly addresses: readonly Address[];
  readonly #parts: readonly Part[];
  #shutdown: Promise<ShutdownReport> | undefined;

  constructor(addresses: readonly Address[], parts: readonly Part[]) {
    this.addresses = addresses;
    this.#parts = parts;
  }

  /**
   * Counts the connections that are open.
   *
   * @returns How many there are.
   */
  async open(): Promise<number> {
    const counts = await Promise.all(this.#parts.map((part) => part.open()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Rejects if a part of it fails as a whole. */
  get failed(): Promise<never> {
    return Promise.race(
      this.#parts.flatMap(({ failed }) => failed === undefined ? [] : [failed]),
    );
  }

  /** Cuts all connections. */
  cut(): void {
    for (const part of this.#parts) part.cut();
  }

  /**
   * Shows another certificate to whoever connects from now on.
   *
   * @param certificate The certificate and its key.
   * @throws {ConnectionError} If it is none; then nothing changes.
   */
  async setCertificate(certificate: TlsCertificate): Promise<void> {
    for (const part of this.#parts) await part.setCertificate(certificate);
  }

  /**
   * Stops listening and lets connections and datagrams finish.
   *
   * @param graceMs For how long.
   * @returns How many finished and who was cut; the second call waits for the
   * first.
   */
  shutdown(graceMs: number): Promise<ShutdownReport> {
    this.#shutdown ??= this.#stop(graceMs);
    return this.#shutdown;
  }

  async #stop(graceMs: number): Promise<ShutdownReport> {
    const reports = await Promise.all(
      this.#parts.map((part) => part.shutdown(graceMs)),
    );
    for (const part of this.#parts) part.tellTotals();
    return {
      cut: reports.flatMap(({ cut }) => cut),
      finished: reports.reduce((sum, { finished }) => sum + finished, 0),
    };
  }
}

/**
 * Listens on every address.
 *
 * @param command The command line.
 * @param terminal Where certificates are.
 * @param log Where it is told what happens.
 * @returns What listens.
 * @throws As `serve` and `serveDatagrams`; then nothing listens.
 */
export async function startServers(
  command: ServerCommand,
  terminal: Terminal,
  log: Log,
): Promise<Servers> {
  const { addresses } = command;
  const streams = addresses.filter(({ transport }) => transport !== "udp");
  const parts: Part[] = [];
  const bound = new Map<Address, Address>();
  try {
    if (streams.length > 0) {
      const { workers } = command.options;
      if (workers > 1) streams.forEach(checkFree);
      const crew = workers > 1 ? { command, worker: 1 } : { command };
      const part = await startStreams(crew, streams, terminal, log);
      parts.push(part);
      streams.forEach((asked, i) => bound.set(asked, part.addresses[i]!));
    }
    const shared = parts.flatMap((part) => part.addresses)
      .filter(({ transport }) => transport !== "unix");
    for (let worker = 2; worker <= command.options.workers; worker++) {
      parts.push(await startWorker({ command, worker }, shared, terminal));
    }
    for (const address of addresses) {
      if (address.transport !== "udp") continue;
      const part = await startDatagrams(command, address, log);
      parts.push(part);
      bound.set(address, part.addresses[0]!);
    }
  } catch (error) {
    await Promise.all(parts.map((part) => part.shutdown(0)));
    throw error;
  }
  return new Servers(addresses.map((asked) => bound.get(asked)!), parts);
}

/** A server of messages of any type. */
type AnyServer = Pick<
  Server<unknown>,
  "addresses" | "connections" | "setCertificate" | "shutdown"
>;

/** The part of the library's options that no message's type is in. */
type ServerSettings = Omit<ServeOptions, "encoding" | "onEvent">;

/** A command line, and which of several workers follows it. */
export interface Crew {
  /** The command line. */
  readonly command: ServerCommand;
  /** Number of the worker; none if there is one. */
  readonly worker?: number;
}

/**
 * Says of a port what sharing it hides: that another program has it already,
 * which may be another server with `--workers`.
 */
function checkFree(address: Address): void {
  const { hostname, port, transport } = address;
  if (transport === "unix" || port === 0) return;
  try {
    Deno.listen({ hostname, port }).close();
  } catch (cause) {
    // All else is said when it is listened on.
    if (!(cause instanceof Deno.errors.AddrInUse)) return;
    throw new ConnectionError(
      "address_in_use",
      `Cannot listen on ${address}: the address is already in use`,
      { cause, address: String(address) },
    );
  }
}

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

/** A server of datagrams of any type. */
type AnyDatagramServer = Pick<
  DatagramServer<unknown>,
  "address" | "shutdown" | "stats"
>;

async function startDatagrams(
  { datagramService: service, options }: ServerCommand,
  on: Address,
  log: Log,
): Promise<Part> {
  const lines = new DatagramLog(log, on);
  const settings = {
    maxMessageBytes: options["max-message"],
    onEvent: (event: DatagramServerEvent) => lines.event(event),
  };
  const server: AnyDatagramServer = service!.encoding === "text"
    ? await serveDatagramsWith(service!, on, lines, settings)
    : await serveDatagramsWith(service!, on, lines, settings);
  lines.address = server.address;
  return {
    addresses: [server.address],
    open: () => 0,
    cut: () => {},
    async shutdown(graceMs) {
      const { cut } = await server.shutdown({ graceMs });
      // What was answered meanwhile is no connection that anybody counts.
      return { cut, finished: 0 };
    },
    setCertificate: () => Promise.resolve(),
    tellTotals: () => lines.totals(server.stats),
  };
}

function serveDatagramsWith<E extends "bytes" | "text">(
  { encoding, handler }: {
    readonly encoding: E;
    readonly handler: DatagramHandler<MessageOf<E>>;
  },
  on: Address,
  lines: DatagramLog,
  settings: ServeDatagramsOptions,
): Promise<DatagramServer<MessageOf<E>>> {
  return serveDatagrams<E>(
    on,
    { ...settings, encoding },
    (message, from, socket) => {
      lines.received(message, from);
      return handler(message, from, socket);
    },
  );
}
