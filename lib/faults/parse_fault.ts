/**
 * Reads a fault as it is written on a command line.
 *
 * @module
 */

import { describeError } from "../errors.ts";
import { parseExpression } from "../search/written_expression.ts";
import { nearest } from "../nearest.ts";
import type { Fault, FaultDirection, FaultName, FaultScope } from "./fault.ts";
import { FAULTS } from "./fault_names.ts";
import { readAction } from "./written/read_action.ts";
import {
  FaultText,
  type Part,
  readCount,
  readProbability,
  readRange,
  wrong,
} from "./written/fault_text.ts";

const DIRECTIONS: Readonly<Record<string, FaultDirection>> = {
  "to-server": "toServer",
  "to-client": "toClient",
};

/**
 * Reads a fault.
 *
 * | fault | what it does |
 * | --- | --- |
 * | `split:N` | writes at most N bytes at once |
 * | `delay:D[,jitter=D]` | passes each message on later, without a framing each chunk |
 * | `rate:SIZE/s` | passes at most so many bytes a second on |
 * | `corrupt:P` | flips one bit in this share of the bytes |
 * | `truncate:N` | drops what comes after N bytes and passes on the end |
 * | `reset-after:N` | resets both sides after N bytes |
 * | `stall-after:N` | passes nothing more on after N bytes |
 * | `slow-end:D` | passes the end of a direction on later |
 * | `drop:P`, `duplicate:P`, `reorder:P` | loses messages, sends them twice, or after the next one |
 * | `refuse` | closes the connection at once |
 *
 * N is a number of bytes, or of messages as in `3msg`; P is `10%` or `0.1`; D is
 * `200ms` or `1.5s`. `to-server:` or `to-client:` in front chooses a direction. Behind
 * it come `connection=N` or `A-B`, `share=30%` of the connections, `message=N` or
 * `A-B`, `when=/RE/` for what a message must match, and `times=N`. With `message=` or
 * `when=`, `truncate`, `reset-after` and `stall-after` count from the first message
 * that matches.
 *
 * @param text The fault.
 * @returns The fault, for `withFaults`.
 * @throws {TypeError} If it is not a fault. The text says at which column.
 *
 * @example Two faults
 * ```ts
 * import { parseFault } from "@parley/parley/testing";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const fault = parseFault("to-client:delay:200ms,connection=1-3");
 * assertEquals(fault.direction, "toClient");
 * assertEquals(fault.connections, { first: 1, last: 3 });
 * assertThrows(
 *   () => parseFault("corupt:1%"),
 *   TypeError,
 *   'column 1: there is no fault "corupt" (did you mean "corrupt"?)',
 * );
 * ```
 */
export function parseFault(text: string): Fault {
  const { words, parameters } = new FaultText(text);
  const direction = readDirection(text, words);
  const [head, value, ...more] = direction === undefined
    ? words
    : words.slice(1);
  const name = readName(text, head!);
  if (more.length > 0) {
    throw wrong(
      text,
      more[0]!.column,
      `"${more[0]!.text}" does not belong to ${FAULTS[name].form}`,
    );
  }
  if (name === "refuse" && direction !== undefined) {
    throw wrong(
      text,
      words[0]!.column,
      "refuse closes the whole connection and has no direction",
    );
  }
  checkParameters(text, name, parameters);
  const action = readAction(text, name, head!, value, parameters.get("jitter"));
  return {
    ...action,
    ...readScope(text, parameters),
    ...direction === undefined ? {} : { direction: DIRECTIONS[direction]! },
    text: text.slice(head!.column - 1),
  };
}

/** The direction in front, if there is one. */
function readDirection(
  text: string,
  [first, ...rest]: readonly Part[],
): string | undefined {
  const word = first!.text;
  if (Object.hasOwn(DIRECTIONS, word)) {
    if (rest.length > 0) return word;
    throw wrong(
      text,
      first!.column + word.length,
      `a fault comes behind ${word}:, such as ${word}:delay:200ms`,
    );
  }
  // A fault has one colon at most, so a word before two must be a direction.
  const isDirection = rest.length > 1 && Object.hasOwn(FAULTS, rest[0]!.text);
  if (!isDirection) return undefined;
  const near = nearest(word, Object.keys(DIRECTIONS));
  throw wrong(
    text,
    first!.column,
    `there is no direction "${word}"${meant(near)}`,
    near === undefined ? "write to-server: or to-client:, or neither" : "",
  );
}

function readName(text: string, { column, text: word }: Part): FaultName {
  if (Object.hasOwn(FAULTS, word)) return word as FaultName;
  const names = Object.keys(FAULTS);
  if (word === "") {
    throw wrong(text, column, "there is no fault here", writeOne(names));
  }
  const near = nearest(word, [...names, ...Object.keys(DIRECTIONS)]);
  throw wrong(
    text,
    column,
    `there is no fault "${word}"${meant(near)}`,
    near === undefined ? writeOne(names) : "",
  );
}

function checkParameters(
  text: string,
  name: FaultName,
  parameters: ReadonlyMap<string, Part>,
): void {
  const { lacks = {}, parameters: own } = FAULTS[name];
  const known = ["connection", "share", ...own];
  for (const [word, { column }] of parameters) {
    if (known.includes(word)) continue;
    const start = column - word.length - 1;
    const why = word === "jitter"
      ? "only delay has it"
      : (lacks as Readonly<Record<string, string>>)[word];
    if (why !== undefined) {
      throw wrong(text, start, `${name} takes no ${word}=: ${why}`);
    }
    const near = nearest(word, known);
    throw wrong(
      text,
      start,
      `there is no parameter "${word}"${meant(near)}`,
      near === undefined ? writeOne(known.map((one) => `${one}=`)) : "",
    );
  }
}

function readScope(
  text: string,
  parameters: ReadonlyMap<string, Part>,
): FaultScope {
  const read = <T>(name: string, how: (text: string, part: Part) => T) => {
    const part = parameters.get(name);
    return part === undefined ? undefined : how(text, part);
  };
  const connections = read("connection", readRange);
  const share = read("share", readProbability);
  const messages = read("message", readRange);
  const when = read("when", readExpression);
  const times = read("times", readCount);
  return {
    ...connections && { connections },
    ...share === undefined ? {} : { share },
    ...messages && { messages },
    ...when && { when },
    ...times === undefined ? {} : { times },
  };
}

function readExpression(text: string, { column, text: typed }: Part): RegExp {
  let expression: RegExp | undefined;
  try {
    expression = parseExpression(typed);
  } catch (cause) {
    throw wrong(text, column, describeError(cause));
  }
  if (expression !== undefined) return expression;
  throw wrong(
    text,
    column,
    `"${typed}" is not between slashes`,
    "write for example when=/error/",
  );
}

function meant(near: string | undefined): string {
  return near === undefined ? "" : ` (did you mean "${near}"?)`;
}

function writeOne(words: readonly string[]): string {
  return `write one of ${words.join(", ")}`;
}
