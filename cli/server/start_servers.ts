/**
 * Listens on every address of the command line: connections on some, datagrams
 * on others, all of them one server to whoever started it.
 *
 * @module
 */

import {
  type Address,
  ConnectionError,
  type ShutdownReport,
} from "../../mod.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import type { Log } from "../output/log.ts";
import type { Part } from "./part.ts";
import type { ServerCommand } from "./server_options.ts";
import { startDatagrams } from "../udp/start_datagrams.ts";
import { startStreams } from "./start_streams.ts";
import { startWorker } from "./start_worker.ts";
import type { Terminal } from "../terminal/terminal.ts";

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
