/**
 * Calls functions once the program has nothing else to do for the moment.
 *
 * One timer for all: setting and clearing one costs as much as sending fifty
 * small messages.
 *
 * @module
 */

const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Calls a function in the next turn of the event loop, about a millisecond
 * later.
 *
 * @param callback The function. It is called once, even if it is given
 * repeatedly.
 */
export function onNextTurn(callback: () => void): void {
  waiting.add(callback);
  timer ??= setTimeout(() => {
    timer = undefined;
    const due = [...waiting];
    waiting.clear();
    for (const callback of due) callback();
  }, 0);
}

/**
 * Cancels a call. The timer stays set: in a busy program the next call comes
 * before it fires.
 *
 * @param callback The argument of {@linkcode onNextTurn}.
 */
export function notOnNextTurn(callback: () => void): void {
  waiting.delete(callback);
}

/** Stops the timer if there is nothing to call; for when a connection ends. */
export function stopIfIdle(): void {
  if (waiting.size > 0) return;
  clearTimeout(timer);
  timer = undefined;
}
