/**
 * A peer that answers in capitals, some time later, over TCP or UDP.
 *
 * @module
 */

import {
  bindUdp,
  type DatagramSocket,
} from "../../lib/session/datagrams/mod.ts";
import { serve, type Server } from "../../mod.ts";

/** A peer that answers late. */
export class SlowPeer implements AsyncDisposable {
  /** How many messages it has received. */
  received = 0;
  readonly #socket: DatagramSocket<string>;
  readonly #server: Server<string>;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    socket: DatagramSocket<string>,
    server: Server<string>,
  ) {
    this.#socket = socket;
    this.#server = server;
  }

  /**
   * Starts it.
   *
   * @param ms How long it takes to answer.
   */
  static async start(ms: number): Promise<SlowPeer> {
    const socket = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
    const server = await serve(
      "tcp://127.0.0.1:0",
      { encoding: "text" },
      async (connection) => {
        for await (const message of connection) {
          await new Promise((resolve) => setTimeout(resolve, ms));
          await connection.send(message.toUpperCase());
        }
      },
    );
    const peer = new SlowPeer(socket, server);
    void peer.#answer(ms);
    return peer;
  }

  /** Where it is by TCP. */
  get tcp(): string {
    return String(this.#server.address);
  }

  /** Where it is by UDP. */
  get udp(): string {
    return String(this.#socket.address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#socket.close();
    await this.#server.shutdown({ graceMs: 0 });
  }

  async #answer(ms: number): Promise<void> {
    for await (const { from, message } of this.#socket) {
      this.received++;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.#socket.send(message.toUpperCase(), from);
      }, ms);
      this.#timers.add(timer);
    }
  }
}
