/**
 * Asks many machines over UDP at once, and takes every reply in time.
 *
 * @module
 */

import type { DatagramSocket } from "../../lib/session/datagrams/mod.ts";
import { TimeoutError } from "../../lib/start.ts";
import type { Requester, RequestSockets } from "./requester.ts";
import type { ClientCommand } from "../client/client_command.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import type { Log } from "../output/log.ts";

/**
 * Asks a multicast or broadcast address. Each message leaves from a port of its
 * own, so a late reply is not taken for the next one's.
 */
export class GroupRequester implements Requester {
  readonly #command: ClientCommand;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #sockets: RequestSockets;

  constructor(
    command: ClientCommand,
    sockets: RequestSockets,
    log: Log,
    signal: AbortSignal,
  ) {
    this.#command = command;
    this.#sockets = sockets;
    this.#log = log;
    this.#signal = signal;
  }

  async request(
    message: Uint8Array,
    show: (reply: Uint8Array) => void,
  ): Promise<void> {
    const socket = this.#sockets.open();
    try {
      await this.#reachFar(socket);
      await this.#attempts(socket, message, show);
    } finally {
      await this.#sockets.close(socket);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Sets the TTL. The runtime allows it only to members of the group. */
  async #reachFar(socket: DatagramSocket): Promise<void> {
    const { address, options } = this.#command;
    const { interface: from, ttl } = options;
    if (ttl === undefined) return;
    const on = from === undefined ? {} : { interfaceAddress: from };
    await socket.joinMulticast(address.hostname, { ...on, ttl });
  }

  async #attempts(
    socket: DatagramSocket,
    message: Uint8Array,
    show: (reply: Uint8Array) => void,
  ): Promise<void> {
    const { address, options: { attempts } } = this.#command;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (attempt > 1) this.#sockets.resent(attempt);
      await socket.send(message, address);
      if (await this.#replies(socket, show) > 0) return;
    }
    const times = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    const waitedMs = attempts * this.#sockets.timeoutMs;
    throw new Failure(
      EXIT.timeout,
      `cannot get a reply from ${address}: timed out after ${times} in ${waitedMs} ms; nothing may be listening there or have joined, a datagram may be lost, or --interface or --ttl may be needed; allow more with --timeout or --attempts`,
    );
  }

  async #replies(
    socket: DatagramSocket,
    show: (reply: Uint8Array) => void,
  ): Promise<number> {
    const until = performance.now() + this.#sockets.timeoutMs;
    for (let count = 0;; count++) {
      const timeoutMs = until - performance.now();
      if (timeoutMs <= 0) return count;
      try {
        const datagram = await socket.receive({
          signal: this.#signal,
          timeoutMs,
        });
        const { bytes, from, message } = datagram!;
        const peer = String(from);
        this.#log.soon({ event: "reply", peer, bytes }, `reply from ${peer}`);
        this.#log.flush();
        show(message);
      } catch (error) {
        if (error instanceof TimeoutError) return count;
        throw error;
      }
    }
  }
}
