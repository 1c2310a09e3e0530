/**
 * The last messages of rooms, within one bound for all rooms.
 *
 * @module
 */

import { checkInteger } from "../../check.ts";
import type { RoomMessage } from "../backbone.ts";

const DEFAULT_HISTORY_BYTES = 64 * 1024 * 1024;
// A message counts for more than its bytes: the objects around them, and the name of
// its room. So many empty messages in as many rooms are bounded too.
const OVERHEAD_BYTES = 512;
const NO_MESSAGES: readonly RoomMessage[] = [];

/** The last messages of many rooms. */
export class Histories {
  // The room that was quiet for the longest time comes first.
  readonly #rooms = new Map<string, RoomMessage[]>();
  readonly #most: number;
  #bytes = 0;

  constructor(historyBytes: number = DEFAULT_HISTORY_BYTES) {
    this.#most = checkInteger("historyBytes", historyBytes, 0);
  }

  /** Bytes that are kept, with what is counted beside messages. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message, and keeps the last ones of its room. */
  add(room: string, message: RoomMessage, keep: number): void {
    if (keep === 0) return;
    const messages = this.#rooms.get(room) ?? [];
    this.#rooms.delete(room);
    this.#rooms.set(room, messages);
    messages.push(owned(message));
    this.#bytes += sizeOf(message);
    while (messages.length > keep) this.#dropFirst(messages);
    this.#shrink();
  }

  /** The last messages of a room, oldest first. */
  last(room: string, count: number): readonly RoomMessage[] {
    const messages = this.#rooms.get(room) ?? NO_MESSAGES;
    return count === 0 ? NO_MESSAGES : messages.slice(-count);
  }

  /** Forgets a room. */
  forget(room: string): void {
    for (const message of this.#rooms.get(room) ?? []) {
      this.#bytes -= sizeOf(message);
    }
    this.#rooms.delete(room);
  }

  #shrink(): void {
    for (const [room, messages] of this.#rooms) {
      while (this.#bytes > this.#most && messages.length > 0) {
        this.#dropFirst(messages);
      }
      if (messages.length === 0) this.#rooms.delete(room);
      if (this.#bytes <= this.#most) return;
    }
  }

  #dropFirst(messages: RoomMessage[]): void {
    this.#bytes -= sizeOf(messages.shift()!);
  }
}

function sizeOf({ bytes }: RoomMessage): number {
  return bytes.length + OVERHEAD_BYTES;
}

/** A view of a few bytes would keep the whole buffer that they were read into. */
function owned(message: RoomMessage): RoomMessage {
  const { bytes } = message;
  if (bytes.length === bytes.buffer.byteLength) return message;
  return { ...message, bytes: bytes.slice() };
}
