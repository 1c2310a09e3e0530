/**
 * Calls functions once the program has nothing else to do for the moment.
 *
 * One timer for all: setting and clearing one costs as much as sending fifty
 * small messages.
 *
 * @module
 */

import { type Member, Roster } from "../roster.ts";

/** A call in the next turn of the event loop. */
export class NextTurn implements Member {
  place = -1;
  /** What is called. */
  readonly callback: () => void;

  constructor(callback: () => void) {
    this.callback = callback;
  }
}

const waiting = new Roster<NextTurn>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Calls a function in the next turn of the event loop, about a millisecond
 * later.
 *
 * @param call The call. It is made once, even if it is given repeatedly.
 */
export function onNextTurn(call: NextTurn): void {
  waiting.add(call);
  timer ??= setTimeout(() => {
    timer = undefined;
    const due = [...waiting];
    waiting.clear();
    for (const { callback } of due) callback();
  }, 0);
}

/**
 * Cancels a call. The timer stays set: in a busy program the next call comes
 * before it fires.
 *
 * @param call The argument of {@linkcode onNextTurn}.
 */
export function notOnNextTurn(call: NextTurn): void {
  waiting.delete(call);
}

/** Stops the timer if there is nothing to call; for when a connection ends. */
export function stopIfIdle(): void {
  if (waiting.size > 0 || timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
}
