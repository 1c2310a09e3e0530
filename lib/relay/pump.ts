/**
 * One direction of a relay: reads from one channel, writes to the other.
 *
 * ```text
 *             ┌──────── chunk N is being written ───────┐
 *   from ─► queue ─► observer ─► sink of the other ─► write
 *     └─ chunk N+1 is read in the meantime, and waits
 * ```
 *
 * One chunk at most is read ahead, so a side that reads slowly makes the other one
 * slow, and nothing grows.
 *
 * ```text
 *   passing ── the sender has finished ─────► ended     its end was passed on
 *      │ └──── this program wants no more ──► ended     the same
 *      └────── a read or a write fails ─────► failed    what was read is written
 * ```
 *
 * @module
 */

import type { Channel } from "../session/channel/channel.ts";

// Reading and writing cost as much for 64 KiB as for more, and are half of the work.
const BUSY_BYTES = 256 * 1024;

/** What sees the bytes of one direction, and its end. */
export interface PumpOwner {
  /** Bytes were read and are about to be written. Must not throw. */
  chunk(bytes: Uint8Array): void;
  /** Gives what to wait for before the next read. Must not throw or reject. */
  ready(): Promise<void> | undefined;
  /**
   * No more bytes come, and the end is about to be passed on. Must not throw.
   *
   * @param by Whether the sender has finished, or this program wants no more.
   */
  end(by: "peer" | "self"): void;
  /** One of the two channels has failed; called at once, perhaps repeatedly. */
  failed(channel: Channel, error: unknown): void;
}

/** Passes on the bytes of one direction. */
export class Pump {
  /** Resolves when the end was passed on, or after a failure. It never rejects. */
  readonly done: Promise<void>;
  readonly #from: Channel;
  readonly #to: Channel;
  readonly #owner: PumpOwner;
  #state: "passing" | "ended" | "failed" = "passing";
  readonly #onFailure = (error: unknown) => {
    this.#state = "failed";
    this.#to.traffic.told = true;
    this.#owner.failed(this.#to, error);
    // The loop may wait for bytes that never come.
    this.#from.receiving.wake();
  };

  /** Begins at once, with what has arrived already. */
  constructor(from: Channel, to: Channel, owner: PumpOwner) {
    this.#from = from;
    this.#to = to;
    this.#owner = owner;
    from.queue.busyBytes = BUSY_BYTES;
    this.done = this.#run();
  }

  async #run(): Promise<void> {
    const { receiving } = this.#from;
    try {
      for (;;) {
        const written = this.#passOn();
        switch (receiving.state) {
          case "open":
          case "draining": {
            const ready = this.#owner.ready();
            if (ready !== undefined) await ready;
            await this.#from.fill();
            break;
          }
          case "lost":
          case "aborted":
            this.#lookForLoss();
            return await written;
          default:
            return await this.#end();
        }
        // Told before the rest is written, as the other side may never take it.
        this.#lookForLoss();
        await written;
        if (this.#state === "failed") return;
      }
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** Begins to write what is here. */
  #passOn(): Promise<void> | undefined {
    const { queue } = this.#from;
    const count = queue.gather();
    if (count === 0) return undefined;
    const to = this.#to;
    const bytes = queue.take(count);
    this.#owner.chunk(bytes);
    // Always a copy: the next read goes to the same buffer, and need not wait then.
    to.sink.copy(bytes);
    to.accepted();
    queue.release();
    const written = to.sending.flushed();
    written.catch(this.#onFailure);
    return written;
  }

  #lookForLoss(): void {
    const { receiving, traffic } = this.#from;
    if (receiving.state !== "lost" && receiving.state !== "aborted") return;
    traffic.told = true;
    this.#owner.failed(this.#from, receiving.failure);
  }

  async #end(): Promise<void> {
    const { receiving } = this.#from;
    this.#state = "ended";
    this.#owner.end(receiving.state === "finished" ? "peer" : "self");
    receiving.stop();
    await this.#to.closeWrite();
  }
}
