/**
 * A server that listens before what speaks on its connections is loaded. The system
 * accepts connections from then on, and they wait until it is.
 *
 * ```text
 *             begin()
 *  listening ─────────► serving
 *      │ shutdown()        │ shutdown()
 *      └──────► closed ◄───┘
 * ```
 *
 * @module
 */

import type { Address, Listener, ShutdownReport } from "../../mod.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import type { RunningServer } from "./running_server.ts";

/** A server that listens, and serves once `begin` was called. */
export class ListeningServer implements RunningServer {
  readonly addresses: readonly Address[];
  readonly failed: Promise<never>;
  readonly #listeners: readonly Listener[];
  readonly #serve: () => Promise<RunningServer>;
  readonly #fail: (error: unknown) => void;
  #serving: Promise<RunningServer> | undefined;

  /**
   * Takes ownership of listeners.
   *
   * @param serve Loads what speaks, and gives it the listeners.
   */
  constructor(
    listeners: readonly Listener[],
    serve: () => Promise<RunningServer>,
  ) {
    this.addresses = listeners.map(({ address }) => address);
    this.#listeners = listeners;
    this.#serve = serve;
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.#fail = reject;
    // A server that is shut down first has nothing left to fail.
    promise.catch(() => {});
  }

  begin(): void {
    this.#serving = this.#serve();
    this.#serving.catch(this.#fail);
  }

  async open(): Promise<number> {
    return await (await this.#serving)?.open() ?? 0;
  }

  cut(): void {
    // If serving failed, `failed` says so.
    this.#serving?.then((server) => server.cut(), () => {});
  }

  async setCertificate(certificate: TlsCertificate): Promise<void> {
    await (await this.#serving)?.setCertificate(certificate);
  }

  async shutdown(graceMs: number): Promise<ShutdownReport> {
    const serving = await this.#serving;
    if (serving !== undefined) return await serving.shutdown(graceMs);
    for (const listener of this.#listeners) listener.close();
    return { cut: [], finished: 0 };
  }

  tellTotals(): void {}
}
