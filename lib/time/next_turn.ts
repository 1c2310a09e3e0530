/**
 * What is to happen once the program has nothing else to do for the moment.
 *
 * One timer for all: setting and clearing one costs as much as sending fifty
 * small messages.
 *
 * @module
 */

const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Calls something in the next turn of the event loop, about a millisecond on.
 *
 * @param callback What to call; once, however often it is given before that.
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
 * Takes a call back. The timer goes on: in a busy program the next call comes
 * before it fires.
 *
 * @param callback What was given to {@linkcode onNextTurn}.
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
