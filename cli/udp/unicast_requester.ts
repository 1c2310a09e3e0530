/**
 * Asks one machine over UDP, and takes one reply to each message.
 *
 * @module
 */

import type { DatagramSocket } from "../../lib/session/datagrams/mod.ts";
import { TimeoutError } from "../../lib/start.ts";
import type { Requester, RequestSockets } from "./requester.ts";
import type { ClientCommand } from "../client/client_command.ts";
import { errorText } from "../output/error_text.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";

/**
 * Asks one machine.
 *
 * A reply does not say which message it answers. So a message that was sent
 * more than once, or had no reply in time, is the last from its port: a late
 * reply there is dropped, and not taken for the reply to the next message. So is a
 * reply beyond the first, of a server that answers twice.
 */
export class UnicastRequester implements Requester {
  readonly #command: ClientCommand;
  readonly #signal: AbortSignal;
  readonly #sockets: RequestSockets;
  #socket: DatagramSocket;
  #mayReplyLate = false;

  constructor(
    command: ClientCommand,
    sockets: RequestSockets,
    signal: AbortSignal,
  ) {
    this.#command = command;
    this.#signal = signal;
    this.#sockets = sockets;
    // At once, so that a person at a prompt learns of a failure.
    this.#socket = sockets.open();
  }

  async request(
    message: Uint8Array,
    show: (reply: Uint8Array) => void,
  ): Promise<void> {
    await this.#dropExtra();
    if (this.#mayReplyLate) await this.#renew();
    const before = this.#socket.stats.datagramsOut;
    this.#mayReplyLate = true;
    show(await this.#request(message));
    this.#mayReplyLate = this.#socket.stats.datagramsOut > before + 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dropExtra();
    await this.#sockets.close(this.#socket);
  }

  /** Drops what came behind the reply to the last message. */
  async #dropExtra(): Promise<void> {
    try {
      for (;;) {
        const extra = await this.#socket.receive({ timeoutMs: 0 });
        if (extra === undefined) return;
        this.#sockets.totals.extra++;
        // More may follow on this port.
        this.#mayReplyLate = true;
      }
    } catch {
      // Nothing is there, or the next request says what is wrong.
    }
  }

  async #renew(): Promise<void> {
    const old = this.#socket;
    this.#socket = this.#sockets.open();
    this.#mayReplyLate = false;
    await this.#sockets.close(old);
  }

  async #request(message: Uint8Array): Promise<Uint8Array> {
    const { address, options } = this.#command;
    try {
      return await this.#socket.request(message, address, {
        attempts: options.attempts,
        // The same wait after each attempt, so that the total is predictable.
        backoff: 1,
        signal: this.#signal,
        timeoutMs: this.#sockets.timeoutMs,
      });
    } catch (cause) {
      if (cause instanceof TimeoutError) {
        throw new Failure(
          EXIT.timeout,
          `${errorText(cause)}; allow more with --timeout or --attempts`,
          { cause },
        );
      }
      if (cause instanceof RangeError) {
        throw new Failure(EXIT.framing, errorText(cause), { cause });
      }
      throw cause;
    }
  }
}
