/**
 * The table of messages: each is refused, or read in exactly one way, however the
 * network cuts it.
 *
 * @module
 */

import type { ProtocolErrorCode } from "@parley/parley/framing";
import type { HttpState } from "@parley/parley/http";
import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { cutAt, latin1 } from "../../support/chunkings.ts";
import { type Outcome, type PeerEnd, read, type Reader } from "./reading.ts";

/** A message and the one thing that may come of it. */
export interface Row extends Omit<Reader, "role"> {
  /** What is special about it. */
  readonly name: string;
  /**
   * What comes off the wire, one character per byte. A refused message ends with
   * the byte that proves it wrong.
   */
  readonly bytes: string;
  /** Where it is written, such as `RFC 9112 3.2`. */
  readonly clause: string;
  /** The events in front of the end, or of the refusal. */
  readonly gives?: readonly string[];
  /** The refusal: its code, its status and a part of its text. */
  readonly refused?: readonly [ProtocolErrorCode, status: number, text: string];
  /** How the peer ends behind the bytes, where this decides. */
  readonly end?: PeerEnd;
  /** Where the peer's direction stands at last, if not at `idle`. */
  readonly state?: HttpState;
  /** What is left over. */
  readonly rest?: string;
  /** Faults that a lenient client accepts. */
  readonly forgives?: readonly string[];
  /** The option that the refusal names. */
  readonly option?: string;
}

// Above this only some of all cuts are tried.
const SMALL_BYTES = 1500;
// Short enough for every limit of the table.
const NEXT = "B / HTTP/1.0\r\n\r\n";
const NEXT_GIVES = ["B / HTTP/1.0", "end"];
const TAILS = ["x", "\0", "\n", "\r\n\r\n", NEXT];

/**
 * Declares the tests of messages that a server reads.
 *
 * @param rows The messages.
 */
export function requests(rows: readonly Row[]): void {
  for (const row of rows) declare({ ...row, role: "server" });
}

/**
 * Declares the tests of messages that a client reads.
 *
 * @param rows The messages.
 */
export function responses(rows: readonly Row[]): void {
  for (const row of rows) declare({ ...row, role: "client" });
}

type Message = Row & Reader;

function declare(row: Message): void {
  const verb = row.refused === undefined ? "reads" : "refuses";
  Deno.test(`${row.clause}: a ${row.role} ${verb} ${row.name}`, () => {
    const whole = read(row, [latin1(row.bytes)], row.end);
    if (row.refused === undefined) checkRead(row, whole);
    else checkRefused(row, whole);
    for (const chunks of cuts(row.bytes)) {
      assertEquals(read(row, chunks, row.end), whole);
    }
  });
}

function checkRead(row: Message, whole: Outcome): void {
  assertEquals(whole, {
    events: row.gives ?? [],
    error: undefined,
    state: row.state ?? "idle",
    rest: row.rest ?? "",
    forgiven: row.forgives ?? [],
  });
  if (row.end !== undefined) return;
  // Every message of this table is over, so that the end means nothing more.
  const ended = read(row, [latin1(row.bytes)], "announced");
  assertEquals([ended.events, ended.error], [whole.events, undefined]);
  checkNothingTaken(row, whole);
}

/** Whether not one byte too many or too few was taken for the message. */
function checkNothingTaken(row: Message, whole: Outcome): void {
  for (const chunks of cuts(row.bytes + NEXT)) {
    const more = read(row, chunks);
    if (whole.state !== "idle") {
      assertEquals(more, { ...whole, rest: whole.rest + NEXT });
    } else if (row.role === "server") {
      const events = [...whole.events, ...NEXT_GIVES];
      assertEquals(more, { ...whole, events, state: "closed" });
    } else {
      const { message } = more.error as Error;
      assertStringIncludes(message, "a response came without a request");
      assertEquals(more.events, whole.events);
    }
  }
}

function checkRefused(row: Message, whole: Outcome): void {
  const [code, status, text] = row.refused!;
  const error = whole.error as Record<string, unknown> | undefined;
  assertEquals(
    [whole.events, error?.name, error?.code, error?.status, error?.clause],
    [row.gives ?? [], "HttpError", code, status, row.clause],
    String(error?.message),
  );
  assertStringIncludes(String(error?.message), text);
  if (row.option !== undefined) assertEquals(error?.option, row.option);
  if (row.end !== undefined) return;
  // Not before the byte that proves it, and whatever comes behind.
  const early = read(row, [latin1(row.bytes.slice(0, -1))]);
  assertEquals([early.events, early.error], [whole.events, undefined]);
  for (const tail of TAILS) {
    for (const chunks of cuts(row.bytes + tail)) {
      assertEquals(read(row, chunks), whole);
    }
  }
}

/** Whole, byte by byte, at every cut in two, and at random cuts. */
function* cuts(text: string): Generator<Uint8Array[]> {
  const bytes = latin1(text);
  const { length } = bytes;
  const places = fc.array(fc.nat(length), { maxLength: 12 });
  yield [bytes.slice()];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  const step = length <= SMALL_BYTES ? 1 : Math.ceil(length / 100);
  for (let at = 1; at < length; at += step) yield cutAt(bytes, [at]);
  for (const at of fc.sample(places, { numRuns: 20, seed: length })) {
    yield cutAt(bytes, at);
  }
}
