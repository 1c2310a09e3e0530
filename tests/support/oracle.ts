/**
 * Compares a framing with a second implementation of the same specification, on
 * random streams.
 *
 * The second one is written for whole streams and not for speed, so it has
 * neither states nor cuts and little in common with what it checks.
 *
 * @module
 */

import {
  parseFraming,
  type ProtocolErrorCode,
  type Side,
} from "@parley/parley/framing";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { facing } from "../../lib/framing/side.ts";
import { cutAt, fromLatin1, latin1 } from "./chunkings.ts";
import { decodeAll } from "./codec_suite.ts";

/** How many random streams a framing is compared on, unless a test says more. */
const STREAMS = 3000;

/** What an oracle throws for a stream that is wrong or ends too early. */
export class Refusal extends Error {
  constructor(readonly code: ProtocolErrorCode) {
    super(code);
  }
}

/** Reads a stream that is here whole, one character for each byte. */
export class Text {
  at = 0;

  constructor(readonly text: string) {}

  /** Whether all of it was read. */
  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next character without taking it; a stream that ends is truncated. */
  get next(): string {
    if (this.isAtEnd) throw new Refusal("truncated");
    return this.text[this.at]!;
  }

  /** The next character, where the compiler knows too much about `next`. */
  peek(): string {
    return this.next;
  }

  /** Takes characters. */
  take(count: number): string {
    const taken = this.text.slice(this.at, this.at + count);
    if (taken.length < count) throw new Refusal("truncated");
    this.at += count;
    return taken;
  }

  /** Takes a character that must be one of some. */
  oneOf(accepted: string): string {
    if (!accepted.includes(this.next)) throw new Refusal("malformed");
    return this.take(1);
  }

  /** Takes a word that must be there. */
  word(expected: string): string {
    for (const character of expected) this.oneOf(character);
    return expected;
  }

  /** Takes all characters that are among some. */
  while(accepted: (character: string) => boolean): string {
    const from = this.at;
    while (!this.isAtEnd && accepted(this.next)) this.at++;
    return this.text.slice(from, this.at);
  }
}

/** Reads one message, or returns `undefined` if only meaningless bytes are left. */
export type ReadMessage = (text: Text) => string | undefined;

/**
 * Reads a stream to its end or its first fault.
 *
 * @param read Reads one message.
 * @param stream The stream, one character for each byte.
 * @returns The messages, and the code of the error, if there is one.
 */
export function readStream(
  read: ReadMessage,
  stream: string,
): { messages: string[]; code: ProtocolErrorCode | undefined } {
  const text = new Text(stream);
  const messages: string[] = [];
  try {
    while (!text.isAtEnd) {
      const message = read(text);
      if (message !== undefined) messages.push(message);
    }
    return { messages, code: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { messages, code: error.code };
  }
}

/** A stream's parts to draw from; each is one character for each byte. */
export interface OracleSpec {
  /** The framing. */
  readonly framing: string;
  /** The side that sends, for a framing whose directions differ. */
  readonly from?: Side;
  /** The second implementation. */
  readonly read: ReadMessage;
  /** Whole messages, or anything else that makes up a stream. */
  readonly parts: fc.Arbitrary<string>;
  /** Whether no bytes are wrong in this framing, only too many or too few. */
  readonly isNeverMalformed?: boolean;
}

/**
 * Declares the test that compares a framing with its second implementation: on
 * streams of parts as they are, with one byte changed, removed or added, and cut
 * off.
 *
 * @param spec The framing and its streams.
 */
export function oracleTest(spec: OracleSpec): void {
  const { from, read, parts, isNeverMalformed = false } = spec;
  const framing = facing(parseFraming(spec.framing), from);
  const name = from === undefined ? framing : `${framing} from the ${from}`;
  Deno.test(`${name} reads ${STREAMS} random streams as a second implementation does`, () => {
    const seen = { clean: 0, malformed: 0, truncated: 0, too_large: 0 };
    fc.assert(
      fc.property(
        fc.array(parts, { minLength: 1, maxLength: 5 }),
        damage,
        fc.array(fc.nat(200), { maxLength: 6 }),
        (parts, damage, places) => {
          const stream = damaged(parts.join(""), damage);
          const expected = readStream(read, stream);
          const { messages, error } = decodeAll(
            framing,
            cutAt(latin1(stream), places),
          );
          const code = error?.slice(0, error.indexOf(":"));
          assertEquals({ messages, code }, expected);
          seen[expected.code ?? "clean"]++;
        },
      ),
      { numRuns: STREAMS },
    );
    // Streams that are all refused would prove little.
    for (const kind of ["clean", "malformed", "truncated"] as const) {
      if (kind === "malformed" && isNeverMalformed) continue;
      if (seen[kind] < 10) throw new Error(`only ${seen[kind]} are ${kind}`);
    }
  });
}

type Damage = readonly [
  kind: "none" | "change" | "remove" | "add" | "cut",
  place: number,
  byte: number,
];

const damage: fc.Arbitrary<Damage> = fc.tuple(
  fc.constantFrom("none", "none", "change", "remove", "add", "cut"),
  fc.nat(),
  fc.oneof(
    fc.nat(255),
    fc.constantFrom(...latin1('0123456789\r\n"{}[]*$:;-+')),
  ),
);

function damaged(stream: string, [kind, place, byte]: Damage): string {
  const at = stream.length === 0 ? 0 : place % stream.length;
  const character = fromLatin1(Uint8Array.of(byte));
  switch (kind) {
    case "none":
      return stream;
    case "change":
      return stream.slice(0, at) + character + stream.slice(at + 1);
    case "remove":
      return stream.slice(0, at) + stream.slice(at + 1);
    case "add":
      return stream.slice(0, at) + character + stream.slice(at);
    case "cut":
      return stream.slice(0, at);
  }
}
