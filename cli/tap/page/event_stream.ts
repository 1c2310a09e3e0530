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
  const encoder = new TextEncoder();
  const isKnown = Number.isSafeInteger(last) && last >= 0 && last <= ring.last;
  let sent = isKnown ? last : 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let alive: ReturnType<typeof setInterval> | undefined;
  let stop = () => {};
  let soon = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const update = () => {
        timer = undefined;
        if ((controller.desiredSize ?? 0) <= 0 || sent === ring.last) return;
        controller.enqueue(encoder.encode(next()));
        if (sent < ring.last) soon();
      };
      soon = () => void (timer ??= setTimeout(update, UPDATE_MS));
      const unlisten = ring.listen(soon);
      const end = () => {
        stop();
        controller.close();
      };
      signal.addEventListener("abort", end);
      alive = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) {
          controller.enqueue(encoder.encode(": \n\n"));
        }
      }, ALIVE_MS);
      stop = () => {
        unlisten();
        clearTimeout(timer);
        clearInterval(alive);
        signal.removeEventListener("abort", end);
      };
      controller.enqueue(encoder.encode("retry: 1000\n\n"));
      soon();
    },
    pull() {
      soon();
    },
    cancel() {
      stop();
    },
  });

  /** One update: events, and how many were forgotten before them. */
  function next(): string {
    const missed = Math.max(0, ring.first - sent - 1);
    const from = sent + missed + 1;
    const to = Math.min(ring.last, from + MOST_AT_ONCE - 1);
    const events: unknown[] = [];
    for (let id = from; id <= to; id++) {
      events.push({ id, ...ring.event(id)! });
    }
    sent = to;
    return `id: ${to}\ndata: ${JSON.stringify({ missed, events })}\n\n`;
  }
}
