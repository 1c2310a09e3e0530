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
import { END } from "../../wire/events.ts";
import {
  dropChunk,
  keepChunk,
  lendChunk,
  newChunk,
  recycleChunk,
  type Waiting,
} from "./chunk_memory.ts";
import type { FilePart } from "./file_body.ts";
import type { OutgoingResponse } from "./outgoing_response.ts";

// Up to here, head and body leave in one write.
const SMALL_FILE_BYTES = 64 * 1024;

// As much is held for a client that has stopped reading.
const PROBE_BYTES = 2 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * Sends a response whose body is a part of a file, and closes the file.
 *
 * @throws {Error} If the file became shorter.
 * @throws {RangeError} If the response announces another length.
 * @throws {unknown} What the link was lost by, or aborted with.
 */
export async function sendFile(
  response: OutgoingResponse,
  part: FilePart,
): Promise<void> {
  const { isBodiless, wire } = response;
  try {
    if (isBodiless) {
      await response.sendHeadFor(part.length, END);
    } else if (part.length <= SMALL_FILE_BYTES) {
      await response.sendWhole(await part.readAll());
    } else {
      await response.sendHeadFor(part.length);
      wire.http.passed(part.length);
      wire.watch();
      await new FilePump(part, response).run();
      await wire.send(END);
    }
  } finally {
    await part.close();
  }
}

/** One download. */
class FilePump implements Waiting {
  place = -1;
  readonly #part: FilePart;
  readonly #response: OutgoingResponse;
  readonly #sending: SendingHalf;
  // Position of the next byte to be sent.
  #at: number;
  #memory: Uint8Array<ArrayBuffer> | undefined;
  // What was read and not sent.
  #chunk: Uint8Array = NOTHING;

  constructor(part: FilePart, response: OutgoingResponse) {
    this.#part = part;
    this.#response = response;
    this.#sending = response.wire.channel.sending;
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
    this.#response.sent(count);
    this.#at += count;
    this.#chunk = this.#chunk.subarray(count);
  }
}
