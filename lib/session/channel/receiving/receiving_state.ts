/**
 * What a channel still wants to receive, and what still comes.
 *
 * ```text
 *            drain()            all that had begun is taken
 *   open ──────────► draining ──────────────────────────────► discarding
 *    │ │                │  │                                     ▲  │
 *    │ └──── stop() ────┼──┼─────────────────────────────────────┘  │
 *    │                  │  └── read fails ──► lost ─── stop() ───┐  │ end of
 *    ├── read fails ────┼─────────────────────► ▲                ▼  ▼ stream
 *    └── end of stream ─┴──────► finished ────── stop() ──────► over
 *
 *   any but discarding, over ── abort(error) ──► aborted
 * ```
 *
 * - `open`: bytes are wanted.
 * - `draining`: only messages that have begun to arrive are wanted.
 * - `finished`: the peer has finished sending; what is in the queue is wanted.
 * - `lost`: the link is lost; what is in the queue is wanted, then the failure.
 * - `discarding`: nothing is wanted any more, but the peer may still send.
 * - `over`: nothing is wanted and nothing more comes.
 * - `aborted`: what is in the queue is dropped, and the failure is wanted.
 *
 * @module
 */

/** A state of the receiving half; see the drawing above. */
export type ReceivingState =
  | "open"
  | "draining"
  | "finished"
  | "lost"
  | "discarding"
  | "over"
  | "aborted";

/** Where something leads from each state. In those that it leaves out, it does nothing. */
export type Transitions = { readonly [S in ReceivingState]?: ReceivingState };

/** The end of the stream. */
export const ON_END: Transitions = {
  open: "finished",
  draining: "finished",
  discarding: "over",
};

/** A read has failed. */
export const ON_LOSS: Transitions = {
  open: "lost",
  draining: "lost",
  discarding: "over",
};

/** Nothing more is wanted. */
export const ON_STOP: Transitions = {
  open: "discarding",
  draining: "discarding",
  finished: "over",
  lost: "over",
};

/** This side has aborted. An end that was reached before stays the end. */
export const ON_ABORT: Transitions = {
  open: "aborted",
  draining: "aborted",
  finished: "aborted",
  lost: "aborted",
  discarding: "over",
};

/** Whether bytes that come are wanted. */
export function isWanting(state: ReceivingState): boolean {
  return state === "open" || state === "draining";
}

/** Whether more may come. */
export function isReadable(state: ReceivingState): boolean {
  return isWanting(state) || state === "discarding";
}
