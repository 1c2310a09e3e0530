/**
 * Sends a part of a file to a client, as fast as the client takes it.
 *
 * ```text
 *   read a chunk ─► write a probe of it ─► write as much of the rest as is taken
 *     ▲  ▲                │ ▲                                   │          │
 *     │  │ memory is short│ └──── some of the chunk is left ◄───┘          │
 *     │  └──── given up ◄─┘                                                │
 *     └────────────────────────────────── nothing is left ◄────────────────┘
 * ```
 *
 * A write that the system cannot take waits, and holds all of the memory that its
 * bytes lie in. So each write of much is preceded by a *probe*, a copy of a few
 * bytes: where the system takes it, it mostly takes more. A client that has stopped
 * reading, maybe for ever, costs no more than this copy.
 *
 * @module
 */

import type { SendingHalf } from "../../../session/channel/sending_half.ts";
import type { HttpChannel } from "../../channel/http_channel.ts";
import {
  dropChunk,
  keepChunk,
  lendChunk,
  newChunk,
  recycleChunk,
  type Waiting,
} from "./chunk_memory.ts";
import type { FilePart } from "./file_body.ts";

// As much is held for a client that has stopped reading.
const PROBE_BYTES = 2 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * Sends a part of a file as the body whose head was sent, without its end.
 *
 * @param onSent Called with the number of bytes that were sent.
 * @throws {Error} If the file became shorter.
 * @throws {unknown} What the link was lost by, or aborted with.
 */
export async function pumpFile(
  part: FilePart,
  wire: HttpChannel,
  onSent: (count: number) => void,
): Promise<void> {
  const { channel, http } = wire;
  http.passed(part.length);
  wire.watch();
  await new FilePump(part, channel.sending, onSent).run();
}

/** One download. */
class FilePump implements Waiting {
  place = -1;
  readonly #part: FilePart;
  readonly #sending: SendingHalf;
  readonly #onSent: (count: number) => void;
  // Position of the next byte to be sent.
  #at: number;
  #memory: Uint8Array<ArrayBuffer> | undefined;
  // What was read and not sent.
  #chunk: Uint8Array = NOTHING;

  constructor(
    part: FilePart,
    sending: SendingHalf,
    onSent: (count: number) => void,
  ) {
    this.#part = part;
    this.#sending = sending;
    this.#onSent = onSent;
    this.#at = part.start;
  }

  async run(): Promise<void> {
    try {
      while (this.#at < this.#part.end) {
        if (this.#chunk.length === 0) await this.#read();
        await this.#probe();
        await this.#write();
      }
      if (this.#memory !== undefined) recycleChunk(this.giveUp());
    } finally {
      // After a failure the system may still look at it.
      if (this.#memory !== undefined) dropChunk();
    }
  }

  giveUp(): Uint8Array<ArrayBuffer> {
    const memory = this.#memory!;
    this.#memory = undefined;
    this.#chunk = NOTHING;
    return memory;
  }

  async #read(): Promise<void> {
    this.#memory ??= newChunk();
    this.#chunk = await this.#part.read(this.#memory, this.#at);
  }

  async #write(): Promise<void> {
    if (this.#chunk.length === 0) return;
    this.#took(await this.#sending.offer(this.#chunk));
  }

  /** Waits until the system takes bytes again; others may have the memory meanwhile. */
  async #probe(): Promise<void> {
    lendChunk(this);
    try {
      this.#took(await this.#sending.offer(this.#chunk.slice(0, PROBE_BYTES)));
    } finally {
      keepChunk(this);
    }
  }

  #took(count: number): void {
    this.#onSent(count);
    this.#at += count;
    this.#chunk = this.#chunk.subarray(count);
  }
}
