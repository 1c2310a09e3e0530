/**
 * Recorded conversations as messages, at many cuts.
 *
 * @module
 */

import {
  ByteSink,
  FrameDecoder,
  parseFraming,
  type Side,
} from "@parley/parley/framing";
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { cutAt } from "./chunkings.ts";
import type { Piece } from "./recorder.ts";

/** Options of {@linkcode wholePackets}. */
export interface PacketOptions {
  /** The limit in bytes. */
  readonly maxMessageBytes?: number;
  /**
   * The frame of a message, where the framing's encoder may choose another form.
   */
  readonly frame?: (message: Uint8Array) => Uint8Array;
}

/** Cuts of a stream that are tried besides whole, as it came, and byte by byte. */
const RANDOM_CUTS = 100;
/** A longer stream is not tried byte by byte. */
const SHORT_BYTES = 2 ** 18;

/**
 * Decodes what went by in one direction, of a framing that is the same in both.
 *
 * @param framing The framing.
 * @param pieces The bytes as they came.
 * @param options The limit, the frames.
 * @returns The messages.
 */
export function wholePackets(
  framing: string,
  pieces: readonly Uint8Array[],
  options: PacketOptions = {},
): Uint8Array[] {
  const sent = pieces.map((bytes): Piece => ({ from: "client", bytes }));
  return wholeConversation(framing, sent, options).client;
}

/**
 * Decodes what went by in both directions, at many cuts, and checks that all give
 * the same messages and that their frames are what went by, byte for byte.
 *
 * @param framing The framing.
 * @param pieces The bytes of both directions as they came.
 * @param options The limit, the frames.
 * @returns The messages of each direction.
 */
export function wholeConversation(
  framing: string,
  pieces: readonly Piece[],
  options: PacketOptions = {},
): Record<Side, Uint8Array[]> {
  const { maxMessageBytes = 2 ** 20 } = options;
  const messages = decoded(framing, pieces, maxMessageBytes);
  const frame = options.frame === undefined
    ? framesOf(framing, maxMessageBytes)
    : ({ bytes }: Piece) => options.frame!(bytes);
  const frames = messages.map((message) => ({
    from: message.from,
    bytes: frame(message),
  }));
  for (const side of SIDES) {
    assertSame(sentBy(side, frames), sentBy(side, pieces));
  }
  for (const cut of cuts(pieces)) {
    const other = decoded(framing, cut, maxMessageBytes);
    for (const side of SIDES) {
      const expected = messages.filter(({ from }) => from === side);
      const actual = other.filter(({ from }) => from === side);
      assertEquals(actual.length, expected.length);
      actual.forEach(({ bytes }, i) => assertSame(bytes, expected[i]!.bytes));
    }
  }
  const of = (side: Side) =>
    messages.filter(({ from }) => from === side).map(({ bytes }) => bytes);
  return { client: of("client"), server: of("server") };
}

const SIDES = ["client", "server"] as const;

function sentBy(side: Side, pieces: readonly Piece[]): Uint8Array {
  const sent = pieces.filter(({ from }) => from === side);
  return joined(sent.map(({ bytes }) => bytes));
}

/** Other cuts of the same bytes; which side comes next stays as it was. */
function* cuts(pieces: readonly Piece[]): Generator<Piece[]> {
  const turns: Piece[] = [];
  for (const { from, bytes } of pieces) {
    const last = turns.at(-1);
    if (last?.from !== from) turns.push({ from, bytes });
    else turns[turns.length - 1] = { from, bytes: joined([last.bytes, bytes]) };
  }
  yield turns;
  const size = turns.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size <= SHORT_BYTES) {
    yield turns.flatMap(({ from, bytes }) =>
      Array.from(bytes, (byte) => ({ from, bytes: Uint8Array.of(byte) }))
    );
  }
  // Few large streams, as each is decoded in full.
  const most = Math.min(RANDOM_CUTS, Math.ceil(2 ** 24 / (size + 1)));
  for (let i = 0; i < most; i++) {
    yield turns.flatMap(({ from, bytes }) => {
      const count = Math.floor(Math.random() * 20);
      const places = Array.from(
        { length: count },
        () => Math.floor(Math.random() * bytes.length),
      );
      return cutAt(bytes, places).map((bytes) => ({ from, bytes }));
    });
  }
}

/** Decodes both directions, which know of each other. */
function decoded(
  framing: string,
  pieces: readonly Piece[],
  maxMessageBytes: number,
): Piece[] {
  const connection = {};
  const decoderFor = (from: Side) =>
    new FrameDecoder(framing, {
      ...{ badFrames: "fail", connection, from, maxMessageBytes },
    });
  const decoders = {
    client: decoderFor("client"),
    server: decoderFor("server"),
  };
  const messages: Piece[] = [];
  const take = (from: Side) => {
    for (let m; (m = decoders[from].next()) !== undefined;) {
      messages.push({ from, bytes: m });
    }
  };
  for (const { from, bytes } of pieces) {
    decoders[from].push(bytes);
    take(from);
  }
  for (const side of SIDES) assertEquals(decoders[side].end(), undefined);
  return messages;
}

/** Encodes the messages of both directions, in their order. */
function framesOf(
  framing: string,
  maxMessageBytes: number,
): (message: Piece) => Uint8Array {
  const connection = {};
  const encoderFor = (from: Side) =>
    parseFraming(framing).encoder({ connection, from, maxMessageBytes });
  const encoders = {
    client: encoderFor("client"),
    server: encoderFor("server"),
  };
  return ({ from, bytes }) => {
    const sink = new ByteSink();
    encoders[from].encode(bytes, sink);
    return joined(Array.from(sink.pieces()));
  };
}

/** Puts pieces together. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Compares without the cost of a difference in detail, for large arrays. */
function assertSame(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) === 0) return;
  const at = actual.findIndex((byte, i) => byte !== expected[i]);
  const from = Math.max(0, at - 8);
  assertEquals(
    { at, length: actual.length, bytes: actual.slice(from, from + 32) },
    { at, length: expected.length, bytes: expected.slice(from, from + 32) },
  );
}
