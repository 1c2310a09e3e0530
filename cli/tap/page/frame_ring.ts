/**
 * The last events of a tap, kept for pages that open, reload or fall behind.
 *
 * @module
 */

import type { FramePart, FramePlace } from "../../../lib/framing/mod.ts";
import type { RelayDirection } from "../../../lib/relay/mod.ts";

/** So many events are kept: at 2,000 messages a second, five seconds. */
const MOST_EVENTS = 10_000;
/** So many bytes of a frame are kept. */
export const MOST_FRAME_BYTES = 1_024;

/** What a page is sent of an event, besides its number. */
export type PageEvent =
  | {
    readonly kind: "open";
    readonly connection: number;
    readonly peer: string;
    readonly at: string;
  }
  | {
    readonly kind: "message";
    readonly connection: number;
    readonly to: "server" | "client";
    readonly number: number;
    readonly at: string;
    /** Size of the message in bytes, and of its frame. */
    readonly bytes: number;
    readonly frameBytes: number;
    /** Where reads ended inside the frame: bytes since it began. */
    readonly cuts: readonly number[];
    readonly answerMs?: number;
    /** The beginning of the message, for a person. */
    readonly text: string;
  }
  | {
    readonly kind: "error";
    readonly connection: number;
    readonly to: "server" | "client";
    readonly number: number;
    readonly at: string;
    /** How many bytes of the bad frame can be looked at. */
    readonly frameBytes: number;
    readonly cuts: readonly [];
    readonly text: string;
  }
  | {
    readonly kind: "fault" | "end";
    readonly connection: number;
    readonly to?: "server" | "client";
    readonly at: string;
    readonly text: string;
  };

/** The beginning of a frame, for the one who looks at it closely. */
export interface KeptFrame {
  readonly bytes: Uint8Array;
  /** Names the parts of it. */
  readonly explain: () => readonly FramePart[];
}

interface Kept {
  readonly event: PageEvent;
  readonly frame: KeptFrame | undefined;
}

/** Keeps the last events, numbered from 1. */
export class FrameRing {
  /** Number of the last event; 0 before the first one. */
  last = 0;
  readonly #kept: (Kept | undefined)[] = new Array(MOST_EVENTS);
  readonly #listeners = new Set<() => void>();

  /** Adds an event, and forgets the oldest one if there are too many. */
  add(event: PageEvent, frame?: KeptFrame): void {
    this.last++;
    this.#kept[this.last % MOST_EVENTS] = { event, frame };
    for (const listener of this.#listeners) listener();
  }

  /** Number of the oldest event that is kept. */
  get first(): number {
    return Math.max(1, this.last - MOST_EVENTS + 1);
  }

  /** The event of a number, if it is kept. */
  event(number: number): PageEvent | undefined {
    return this.#at(number)?.event;
  }

  /** The frame of the event of a number, if it has one and is kept. */
  frame(number: number): KeptFrame | undefined {
    return this.#at(number)?.frame;
  }

  /** Calls a function with every event that comes, until that is undone. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a page looks at it. */
  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  #at(number: number): Kept | undefined {
    if (!(number >= this.first && number <= this.last)) return undefined;
    return this.#kept[number % MOST_EVENTS];
  }
}

/** Where a frame stands, as its framing wants to know it. */
export function placeOf(
  direction: RelayDirection,
  number: number,
): FramePlace {
  return {
    from: direction === "toServer" ? "client" : "server",
    index: number - 1,
  };
}
