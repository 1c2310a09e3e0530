/**
 * The message that is being received in fragments.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { TextCheck } from "./text_check.ts";

const NOTHING = new Uint8Array(0);

/** What the payload of a message is. */
export type MessageKind = "text" | "binary";

/** Collects the fragments of one message after the other. */
export class Assembly {
  /** What the message is. */
  kind: MessageKind = "binary";
  /** Whether the payload is compressed (RFC 7692 section 6). */
  isCompressed = false;
  /** How many fragments are here. */
  fragments = 0;
  readonly #text = new TextCheck();
  #bytes: Uint8Array = NOTHING;
  #length = 0;

  /** How many bytes of the message are here. */
  get length(): number {
    return this.#length;
  }

  /** Whether the payload has to be UTF-8 as it stands. */
  get isText(): boolean {
    return this.kind === "text" && !this.isCompressed;
  }

  /** Begins a message. */
  begin(kind: MessageKind, isCompressed: boolean): void {
    this.kind = kind;
    this.isCompressed = isCompressed;
    this.fragments = 0;
    this.#length = 0;
    this.#text.begin();
  }

  /**
   * Checks text that is here, once and in order.
   *
   * @param place How many bytes of this frame come before.
   * @throws {ProtocolError} If it is not UTF-8.
   */
  check(text: Uint8Array, place: number): void {
    this.#text.push(text, this.#length + place);
  }

  /**
   * Ends the text.
   *
   * @throws {ProtocolError} If it ends inside a character.
   */
  checkEnd(): void {
    this.#text.end();
  }

  /** Adds a fragment that is not the last one, as a copy. */
  add(fragment: Uint8Array): void {
    this.fragments++;
    const end = this.#length + fragment.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#length, 256));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(fragment, this.#length);
    this.#length = end;
  }

  /**
   * Ends the message.
   *
   * @param last The last fragment.
   * @returns The payload: the last fragment itself if it is the only one.
   */
  finish(last: Uint8Array): Uint8Array {
    if (this.fragments === 0) return last;
    this.add(last);
    const whole = this.#bytes.subarray(0, this.#length);
    // The message belongs to its receiver from now on.
    this.#bytes = NOTHING;
    this.#length = 0;
    return whole;
  }
}

/** A message has more fragments than are taken. */
export function tooManyFragments(limit: number): ProtocolError {
  return new ProtocolError("too_large", {
    reason: `the message has more than ${limit} fragments`,
    option: "maxFragments",
  });
}
