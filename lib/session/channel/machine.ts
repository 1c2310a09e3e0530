/**
 * What speaks over a channel.
 *
 * A *machine* is what speaks: messages in a framing, HTTP, WebSocket. It reads from
 * `channel.queue` and appends to `channel.sink`, and it never awaits. The code that
 * drives it is a loop:
 *
 * 1. let the machine take from the queue until it needs more bytes; where it has
 *    to answer by itself (a pong, a window update) it appends to the sink and
 *    calls `channel.accepted()`;
 * 2. if `channel.receiving.state` says that no more comes, act on it;
 * 3. `await channel.fill()`, which never rejects, and begin again.
 *
 * `fill()` writes what waits before it reads; elsewhere the bytes leave in this turn
 * or the next. `await channel.room()` makes a fast sender as slow as its peer.
 *
 * What a machine leaves in the queue is the next machine's.
 *
 * @example A machine that answers every byte `?` with `!`
 * ```ts
 * import { Channel } from "./channel.ts";
 * import { ChannelSettings } from "./channel_settings.ts";
 * import { memoryPair } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * async function answer(channel: Channel): Promise<void> {
 *   for (;;) {
 *     const { queue } = channel;
 *     for (; queue.has(1); queue.skip(1)) {
 *       if (queue.byte(0) !== 0x3f) continue;
 *       channel.sink.byte(0x21);
 *       channel.accepted();
 *     }
 *     const { state, failure } = channel.receiving;
 *     if (state === "lost" || state === "aborted") throw failure;
 *     if (state !== "open" && state !== "draining") return;
 *     await channel.fill();
 *   }
 * }
 *
 * const [near, far] = memoryPair();
 * const channel = new Channel(near, new ChannelSettings());
 * const answered = answer(channel).then(() => channel.close());
 *
 * await far.write(new TextEncoder().encode("a?b?"));
 * const into = new Uint8Array(10);
 * assertEquals(await far.read(into), 2);
 * assertEquals(into.subarray(0, 2), Uint8Array.of(0x21, 0x21));
 * await far.closeWrite();
 * await answered;
 * far.close();
 * ```
 *
 * @module
 */

import type { Hint } from "../../errors.ts";

/** What takes messages from a channel's queue. */
export interface Machine {
  /** Whether no view that was handed out is looked at any more. */
  readonly mayRetire: boolean;
  /** How much of the awaited message is here, and what may be wrong. */
  readonly waitHint?: Hint | undefined;

  /** Drops the messages that are here; what is between them is acted on. */
  drop?(): void;
}
