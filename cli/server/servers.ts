/**
 * All servers of a command line, as one.
 *
 * @module
 */

import type { Address, ShutdownReport } from "../../mod.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import type { RunningServer } from "./running_server.ts";

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

  /** Begins to speak on connections, after the line that says where it listens. */
  begin(): void {
    for (const server of this.#servers) server.begin?.();
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
