/**
 * Whom the senders of a room wait for.
 *
 * @module
 */

import type { Member } from "../members/member.ts";

/** The members of a room that have fallen behind. */
export class Pressure {
  readonly #members = new Set<Member>();
  #relief: PromiseWithResolvers<void> | undefined;

  /**
   * What a sender waits for before it is read on.
   *
   * @returns `undefined` if for nothing. The promise resolves when one member has
   * caught up; then there may be others.
   */
  before(sender: Member): Promise<void> | undefined {
    const { size } = this.#members;
    // A member that waited for itself would never read what it waits for.
    if (size === 0 || (size === 1 && this.#members.has(sender))) {
      return undefined;
    }
    return (this.#relief ??= Promise.withResolvers<void>()).promise;
  }

  /** Takes note of a member that has fallen behind, or has not any more. */
  set(member: Member, isPressed: boolean): void {
    if (isPressed) this.#members.add(member);
    else if (this.#members.delete(member)) this.#relieve();
  }

  /** Forgets all of them: senders go on. */
  clear(): void {
    this.#members.clear();
    this.#relieve();
  }

  #relieve(): void {
    this.#relief?.resolve();
    this.#relief = undefined;
  }
}
