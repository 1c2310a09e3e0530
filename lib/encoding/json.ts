/**
 * One JSON value per message.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import { describeError, ProtocolError } from "../errors.ts";
import type { Encoding, ValueDecoder } from "./encoding.ts";
import { text } from "./text.ts";

/** A value that JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | { [key: string]: JsonValue };

/**
 * A value that can be sent as JSON, including objects with optional properties
 * and objects of an interface or a class. Properties that `JSON.stringify`
 * leaves out, such as `undefined` ones, are not sent.
 */
export type JsonInput = JsonValue | object;

/**
 * Makes the encoding of one JSON value per message (RFC 8259, UTF-8).
 *
 * @typeParam T Type of a received message. Without `check` this is an
 * assertion, and a peer can send something else.
 * @typeParam S Type of a sent message: the same, or any JSON if `T` is not
 * given.
 * @param check Called with each value received. It returns the value as `T`, or
 * throws: then receiving the message fails with a `ProtocolError` of code
 * `"malformed"` whose `cause` is that error.
 * @returns The encoding `"json"`. It needs a framing that keeps boundaries. It
 * refuses `raw`, where a message is the result of one read.
 *
 * @example There and back
 * ```ts
 * import { json } from "@parley/parley/encoding";
 * import { assertEquals } from "@std/assert";
 *
 * const message = json().encode({ id: 1, tags: ["a"] });
 * assertEquals(json().decoder(true).decode(message), { id: 1, tags: ["a"] });
 * ```
 *
 * @example Messages of your own types, one for each direction
 * ```ts
 * import { json } from "@parley/parley/encoding";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * interface Question { id: number; text: string; urgent?: boolean }
 * interface Answer { id: number; text: string }
 *
 * function checkAnswer(value: unknown): Answer {
 *   const { id, text } = value as Partial<Answer>;
 *   if (typeof id === "number" && typeof text === "string") return { id, text };
 *   throw new TypeError("an answer has an id and a text");
 * }
 *
 * const encoding = json<Answer, Question>(checkAnswer);
 * encoding.encode({ id: 1, text: "how late is it?" });
 * const decoder = encoding.decoder(true);
 * const answer = new TextEncoder().encode('{"id":1,"text":"noon","more":0}');
 * assertEquals(decoder.decode(answer), { id: 1, text: "noon" });
 * assertThrows(() => decoder.decode(new TextEncoder().encode("{}")));
 * ```
 */
export function json<T = JsonValue, S = JsonValue extends T ? JsonInput : T>(
  check?: (value: unknown) => T,
): Encoding<T, S> {
  return check === undefined
    ? UNCHECKED as Encoding<unknown, unknown> as Encoding<T, S>
    : new JsonEncoding<T, S>(check);
}

const TEXT = text();
const UTF8 = TEXT.decoder(true);

class JsonEncoding<T, S> implements Encoding<T, S> {
  readonly name = "json";
  readonly isText = true;
  readonly #decoder: ValueDecoder<T>;

  constructor(check: (value: unknown) => T) {
    this.#decoder = {
      copies: true,
      decode: (message) => checked(parse(UTF8.decode(message)!), check),
      end: () => {},
    };
  }

  decoder(whole: boolean): ValueDecoder<T> {
    if (whole) return this.#decoder;
    throw new OptionTypeError({
      action: 'use encoding "json" with framing "raw"',
      reason: "a read is not a message",
      option: "framing",
      advice: 'choose a framing with boundaries such as "line"',
    });
  }

  encode(value: S): Uint8Array {
    const source = stringify(value);
    if (source !== undefined) return TEXT.encode(source);
    throw new OptionTypeError({
      action: `send a value of type ${typeof value} as JSON`,
      reason: "JSON has no form for it",
    });
  }
}

const UNCHECKED = new JsonEncoding<unknown, unknown>((value) => value);

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    // The parser's own text would show an invisible character.
    const reason = source.startsWith("\ufeff")
      ? "it begins with a byte order mark (ef bb bf)"
      : reasonOf(cause);
    throw new ProtocolError("malformed", {
      reason: `its content is not JSON: ${reason}`,
      cause,
    });
  }
}

function checked<T>(value: unknown, check: (value: unknown) => T): T {
  try {
    return check(value);
  } catch (cause) {
    throw new ProtocolError("malformed", {
      reason: `its content was refused: ${reasonOf(cause)}`,
      cause,
    });
  }
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // A circular value, a bigint, or an error from the caller's toJSON().
    throw new OptionTypeError({
      action: "send a value as JSON",
      reason: reasonOf(cause),
      cause,
    });
  }
}

/** An error's text on one line, as it may quote bytes from the peer. */
function reasonOf(error: unknown): string {
  return describeError(error).replace(
    /[\p{Cc}\p{Cf}]/gu,
    (invisible) =>
      `\\u{${invisible.codePointAt(0)!.toString(16).padStart(2, "0")}}`,
  );
}
