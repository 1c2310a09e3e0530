/**
 * The events of a tap as Server-Sent Events (HTML Living Standard section 9.2).
 *
 * A page that cannot keep up does not make the tap wait: events are read from the
 * ring when the page has taken those before, and what the ring has forgotten in the
 * meantime is counted.
 *
 * @module
 */

import type { FrameRing } from "./frame_ring.ts";

// At most 50 updates a second: more cannot be seen.
const UPDATE_MS = 20;
// At most so many events in one update, so that a page that opens is not frozen.
const MOST_AT_ONCE = 1_000;
// A comment this often shows both ends that the other one is there.
const ALIVE_MS = 15_000;

/**
 * Makes the stream for one page.
 *
 * @param last Number of the last event that the page has, 0 if it has none.
 * @param signal Ends the stream.
 */
export function eventStream(
  ring: FrameRing,
  last: number,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  return new ReadableStream(new Updates(ring, last, signal));
}

const UTF8 = new TextEncoder();

/** Reads the ring for one page. */
class Updates implements UnderlyingDefaultSource<Uint8Array> {
  readonly #ring: FrameRing;
  readonly #signal: AbortSignal;
  // The number of the last event that the page has.
  #sent: number;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #unlisten: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #alive: ReturnType<typeof setInterval> | undefined;

  constructor(ring: FrameRing, last: number, signal: AbortSignal) {
    this.#ring = ring;
    this.#signal = signal;
    const isKnown = Number.isSafeInteger(last) && last >= 0 &&
      last <= ring.last;
    this.#sent = isKnown ? last : 0;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#unlisten = this.#ring.listen(this.#soon);
    this.#signal.addEventListener("abort", this.#end);
    this.#alive = setInterval(() => {
      if (this.#hasRoom()) this.#write(": \n\n");
    }, ALIVE_MS);
    this.#write("retry: 1000\n\n");
    this.#soon();
  }

  pull(): void {
    this.#soon();
  }

  cancel(): void {
    this.#stop();
  }

  readonly #soon = (): void => {
    this.#timer ??= setTimeout(this.#update, UPDATE_MS);
  };

  readonly #update = (): void => {
    this.#timer = undefined;
    if (!this.#hasRoom() || this.#sent === this.#ring.last) return;
    this.#write(this.#next());
    if (this.#sent < this.#ring.last) this.#soon();
  };

  readonly #end = (): void => {
    this.#stop();
    this.#controller?.close();
  };

  #stop(): void {
    this.#unlisten?.();
    clearTimeout(this.#timer);
    clearInterval(this.#alive);
    this.#signal.removeEventListener("abort", this.#end);
  }

  #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #write(text: string): void {
    this.#controller?.enqueue(UTF8.encode(text));
  }

  /** One update: events, and how many were forgotten before them. */
  #next(): string {
    const ring = this.#ring;
    const missed = Math.max(0, ring.first - this.#sent - 1);
    const from = this.#sent + missed + 1;
    const to = Math.min(ring.last, from + MOST_AT_ONCE - 1);
    const events: unknown[] = [];
    for (let id = from; id <= to; id++) {
      events.push({ id, ...ring.event(id)! });
    }
    this.#sent = to;
    return `id: ${to}\ndata: ${JSON.stringify({ missed, events })}\n\n`;
  }
}
