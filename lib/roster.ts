/**
 * Things that come and go, such as the open connections of a server.
 *
 * A `Set` is the wrong container for them. When V8 moves a set to another table, the
 * old table keeps a reference to the new one. Once one such table has reached the
 * old generation, every later table survives the collections of the young
 * generation, and so does every member that was ever in one. In a server of short
 * connections each of those collections took 10 to 20 ms instead of 0.2 ms. An array
 * keeps nothing of a member that has left.
 *
 * @module
 */

import { INSPECT, type Inspect } from "./inspect.ts";

/** Something that can be in a roster, in one at a time. */
export interface Member {
  /** Its place, which only the roster reads and changes; -1 at first. */
  place: number;
}

// A few places without a member are not worth moving the others.
const SPARE_PLACES = 16;

/** The members of a group, in the order in which they came. */
export class Roster<T extends Member> implements ReadonlySet<T> {
  readonly #places: (T | undefined)[] = [];
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds a member, unless it is here already. */
  add(member: T): void {
    if (this.has(member)) return;
    member.place = this.#places.length;
    this.#places.push(member);
    this.#size++;
  }

  /**
   * Removes a member.
   *
   * @returns Whether it was here.
   */
  delete(member: T): boolean {
    if (!this.has(member)) return false;
    this.#places[member.place] = undefined;
    member.place = -1;
    this.#size--;
    if (this.#places.length > 2 * this.#size + SPARE_PLACES) this.#compact();
    return true;
  }

  /** Removes all members. */
  clear(): void {
    for (const member of this) this.delete(member);
  }

  has(member: T): boolean {
    const { place } = member;
    return place !== -1 && this.#places[place] === member;
  }

  /**
   * Goes over the members of this moment, without those that leave before their
   * turn comes.
   */
  *[Symbol.iterator](): SetIterator<T> {
    for (const member of this.#places.slice()) {
      if (member !== undefined && this.has(member)) yield member;
    }
  }

  keys(): SetIterator<T> {
    return this[Symbol.iterator]();
  }

  values(): SetIterator<T> {
    return this[Symbol.iterator]();
  }

  *entries(): SetIterator<[T, T]> {
    for (const member of this) yield [member, member];
  }

  forEach(
    callback: (value: T, key: T, set: ReadonlySet<T>) => void,
    thisArg?: unknown,
  ): void {
    for (const member of this) callback.call(thisArg, member, member, this);
  }

  union<U>(other: ReadonlySetLike<U>): Set<T | U> {
    return new Set<T>(this).union(other);
  }

  intersection<U>(other: ReadonlySetLike<U>): Set<T & U> {
    return new Set<T>(this).intersection(other);
  }

  difference<U>(other: ReadonlySetLike<U>): Set<T> {
    return new Set<T>(this).difference(other);
  }

  symmetricDifference<U>(other: ReadonlySetLike<U>): Set<T | U> {
    return new Set<T>(this).symmetricDifference(other);
  }

  isSubsetOf(other: ReadonlySetLike<unknown>): boolean {
    return new Set<T>(this).isSubsetOf(other);
  }

  isSupersetOf(other: ReadonlySetLike<unknown>): boolean {
    return new Set<T>(this).isSupersetOf(other);
  }

  isDisjointFrom(other: ReadonlySetLike<unknown>): boolean {
    return new Set<T>(this).isDisjointFrom(other);
  }

  /** What `console.log` shows: the same as for a set. */
  [INSPECT](_depth: number, options: unknown, inspect: Inspect): string {
    return inspect(new Set<T>(this), options);
  }

  /** Moves the members together; their order stays. */
  #compact(): void {
    const places = this.#places;
    let next = 0;
    for (let i = 0; i < places.length; i++) {
      const member = places[i];
      if (member === undefined) continue;
      member.place = next;
      places[next++] = member;
    }
    places.length = next;
  }
}
