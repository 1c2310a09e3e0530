/**
 * Listens on every address of the command line: connections on some, datagrams
 * on others, all of them one server for the person who started it.
 *
 * @module
 */

import {
  type Address,
  ConnectionError,
  type ShutdownReport,
} from "../../lib/core.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import type { Log } from "../output/log.ts";
import type { RunningServer, WorkerCommand } from "./running_server.ts";
import type { ServerCommand } from "./server_command.ts";
import { startStreams } from "./start_streams.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What comes between connections and the service. */
export type Between = Pick<WorkerCommand, "faults" | "recording">;

/** All servers of the command line. */
export class Servers {
  /** The addresses, in the order of the command line. */
  readonly addresses: readonly Address[];
  readonly #servers: readonly RunningServer[];
  #shutdown: Promise<ShutdownReport> | undefined;

  constructor(
    addresses: readonly Address[],
    servers: readonly RunningServer[],
  ) {
    this.addresses = addresses;
    this.#servers = servers;
  }

  /**
   * Counts the open connections.
   *
   * @returns How many there are.
   */
  async open(): Promise<number> {
    const counts = await Promise.all(
      this.#servers.map((server) => server.open()),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Rejects if one of them fails as a whole. */
  get failed(): Promise<never> {
    return Promise.race(
      this.#servers.flatMap(({ failed }) =>
        failed === undefined ? [] : [failed]
      ),
    );
  }

  /** Cuts all connections. */
  cut(): void {
    for (const server of this.#servers) server.cut();
  }

  /**
   * Shows another certificate on connections from now on.
   *
   * @param certificate The certificate and its key.
   * @throws {ConnectionError} If it is invalid; then nothing changes.
   */
  async setCertificate(certificate: TlsCertificate): Promise<void> {
    for (const server of this.#servers) {
      await server.setCertificate(certificate);
    }
  }

  /**
   * Stops listening and lets connections and datagrams finish.
   *
   * @param graceMs How long they may take, in milliseconds.
   * @returns How many finished, and which were cut. A second call waits for the
   * first.
   */
  shutdown(graceMs: number): Promise<ShutdownReport> {
    this.#shutdown ??= this.#stop(graceMs);
    return this.#shutdown;
  }

  async #stop(graceMs: number): Promise<ShutdownReport> {
    const reports = await Promise.all(
      this.#servers.map((server) => server.shutdown(graceMs)),
    );
    for (const server of this.#servers) server.tellTotals();
    return {
      cut: reports.flatMap(({ cut }) => cut),
      finished: reports.reduce((sum, { finished }) => sum + finished, 0),
    };
  }
}

/**
 * Listens on every address.
 *
 * @param terminal Where certificates are.
 * @param between What comes between connections and the service.
 * @throws As `serve` and `serveDatagrams`; then nothing listens.
 */
export async function startServers(
  command: ServerCommand,
  terminal: Terminal,
  log: Log,
  { faults, recording }: Between,
): Promise<Servers> {
  const { addresses, places } = command;
  const streams = places.filter(({ address }) => address.transport !== "udp");
  const servers: RunningServer[] = [];
  const bound = new Map<Address, Address>();
  try {
    if (streams.length > 0) {
      const { workers } = command.options;
      if (workers > 1) streams.forEach(({ address }) => checkFree(address));
      const task = workers > 1
        ? { command, worker: 1 }
        : { command, faults, recording };
      const server = await startStreams(task, streams, terminal, log);
      servers.push(server);
      streams.forEach(({ address }, i) =>
        bound.set(address, server.addresses[i]!)
      );
    }
    const shared = servers.flatMap((server) => server.addresses)
      .filter(({ path }) => path === "");
    for (let worker = 2; worker <= command.options.workers; worker++) {
      const { startWorker } = await import("./workers/start_worker.ts");
      servers.push(await startWorker({ command, worker }, shared, terminal));
    }
    for (const address of addresses) {
      if (address.transport !== "udp") continue;
      // Loaded only if there is a UDP address.
      const { startDatagrams } = await import("../udp/start_datagrams.ts");
      const server = await startDatagrams(
        { command, faults, recording },
        address,
        terminal,
        log,
      );
      servers.push(server);
      bound.set(address, server.addresses[0]!);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.shutdown(0)));
    throw error;
  }
  return new Servers(addresses.map((asked) => bound.get(asked)!), servers);
}

/**
 * Checks that a port to be shared is free: sharing would hide that another
 * program has it, such as another server with `--workers`.
 */
function checkFree(address: Address): void {
  const { hostname, path, port } = address;
  if (path !== "" || port === 0) return;
  try {
    Deno.listen({ hostname, port }).close();
  } catch (cause) {
    // Listening reports every other failure.
    if (!(cause instanceof Deno.errors.AddrInUse)) return;
    throw new ConnectionError("address_in_use", {
      action: "listen on",
      address: String(address),
      reason: "the address is already in use",
      cause,
    });
  }
}
