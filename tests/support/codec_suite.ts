/**
 * The tests that every framing has to pass, from a description of its bytes.
 *
 * @module
 */

import {
  ByteSink,
  explainFrame,
  FrameDecoder,
  type FrameDecoderOptions,
  type Framing,
  parseFraming,
  ProtocolError,
  type ProtocolErrorCode,
  type Side,
} from "@parley/parley/framing";
import { verifyFraming } from "@parley/parley/testing";
import {
  assert,
  assertEquals,
  assertExists,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { encodeBatch } from "../../lib/framing/encode_batch.ts";
import { facing } from "../../lib/framing/side.ts";
import { chunkings, cutAt, fromLatin1, latin1 } from "./chunkings.ts";

/** A framing and what its bytes are; strings hold one byte per character. */
export interface CodecSpec {
  /** The framing's canonical string. */
  readonly framing: string;
  /** Messages that can be sent. */
  readonly samples: readonly string[];
  /** Messages, and the exact frame of each. */
  readonly golden?: readonly (readonly [message: string, frame: string])[];
  /** Streams that are also read, and their messages. */
  readonly reads?: readonly (readonly [
    stream: string,
    messages: readonly string[],
  ])[];
  /** Streams that are refused, and part of the error's text. */
  readonly rejects?: readonly (readonly [
    stream: string,
    code: ProtocolErrorCode,
    text: string,
  ])[];
  /** Messages that cannot be sent, and part of the error's text. */
  readonly refuses?: readonly (readonly [message: string, text: string])[];
  /** Messages that verifyFraming() sends before the samples. */
  readonly opening?: readonly string[];
  /** The side that sends, for a framing whose directions differ. */
  readonly from?: Side;
  /** Whether the end of the stream ends the last message. */
  readonly eof?: boolean;
  /**
   * Writes a frame without what the decoder can do without, where the encoder
   * adds such bytes. Then a stream that ends before them is not cut off.
   */
  readonly shortest?: (message: string) => string;
}

/** What came out of a stream. */
export interface Result {
  /** The messages, one character per byte. */
  readonly messages: readonly string[];
  /** The error's code and text, if there was one. */
  readonly error: string | undefined;
}

/**
 * Decodes a stream.
 *
 * @param framing The framing.
 * @param chunks The stream.
 * @param maxMessageBytes The limit.
 * @returns Messages and error.
 */
export function decodeAll(
  framing: Framing | string,
  chunks: Iterable<Uint8Array>,
  maxMessageBytes?: number,
): Result {
  const decoder = new FrameDecoder(framing, {
    badFrames: "fail",
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
  });
  const messages: string[] = [];
  const take = (next: () => Uint8Array | undefined) => {
    for (let m; (m = next()) !== undefined;) messages.push(fromLatin1(m));
  };
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      take(() => decoder.next());
    }
    take(() => decoder.end());
  } catch (error) {
    assert(error instanceof ProtocolError, String(error));
    return { messages, error: `${error.code}: ${error.message}` };
  }
  return { messages, error: undefined };
}

/** How messages are taken out of a decoder. */
type Taking = (decoder: FrameDecoder) => string[];

/** One after another, many at once, or counted without a view. */
const TAKING: Record<string, Taking> = {
  "next()": (decoder) => {
    const message = decoder.next();
    return message === undefined ? [] : [fromLatin1(message)];
  },
  "nextBatch() of 1": (decoder) => batchOf(decoder, 1),
  "nextBatch() of 3": (decoder) => batchOf(decoder, 3),
  "nextBatch() of many": (decoder) => batchOf(decoder, 1000),
};

function batchOf(decoder: FrameDecoder, most: number): string[] {
  const batch: Uint8Array[] = [];
  assertEquals(decoder.nextBatch(batch, most), batch.length);
  assert(batch.length <= most);
  return batch.map(fromLatin1);
}

/** What a way of taking gives for a stream, and what was skipped. */
function taken(
  framing: Framing | string,
  chunks: readonly Uint8Array[],
  take: Taking,
  options: FrameDecoderOptions,
): unknown {
  const bad: string[] = [];
  const decoder = new FrameDecoder(framing, {
    ...options,
    onBadFrame: (error) => bad.push(error.message),
  });
  const messages: string[] = [];
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let some; (some = take(decoder)).length > 0;) messages.push(...some);
    }
    for (let m; (m = decoder.end()) !== undefined;) {
      messages.push(fromLatin1(m));
    }
  } catch (error) {
    assert(error instanceof ProtocolError, String(error));
    return { messages, bad, count: decoder.count, error: error.message };
  }
  assertEquals(decoder.badCount, bad.length);
  return { messages, bad, count: decoder.count };
}

/** Sizes only. */
function sizes(chunks: readonly Uint8Array[], decoder: FrameDecoder): number[] {
  const found: number[] = [];
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let size; (size = decoder.skip()) !== -1;) found.push(size);
    }
  } catch (error) {
    assert(error instanceof ProtocolError, String(error));
  }
  return found;
}

/**
 * Encodes messages.
 *
 * @param framing The framing.
 * @param messages The messages.
 * @param maxMessageBytes The limit.
 * @returns The bytes.
 */
export function encodeAll(
  framing: Framing | string,
  messages: readonly Uint8Array[],
  maxMessageBytes = 1024 * 1024,
): Uint8Array {
  const sink = new ByteSink();
  const encoder = framingOf(framing).encoder({ maxMessageBytes });
  for (const message of messages) encoder.encode(message, sink);
  return Uint8Array.from(sink.pieces().flatMap((piece) => [...piece]));
}

/**
 * Declares the tests of one framing.
 *
 * @param spec What its bytes are.
 */
export function codecSuite(spec: CodecSpec): void {
  const { eof = false, from, opening = [] } = spec;
  const framing = facing(parseFraming(spec.framing), from);
  const name = from === undefined ? framing : `${framing} from the ${from}`;

  Deno.test(`${name} is its canonical string`, () => {
    assertEquals(parseFraming(spec.framing).toString(), spec.framing);
  });

  Deno.test(`${name} keeps every promise that verifyFraming() checks`, () => {
    verifyFraming(shortest(spec), spec.samples.map(latin1), {
      eof,
      opening: opening.map(latin1),
    });
  });

  Deno.test(`${name} names every part of its frames`, () => {
    assertExists(framing.explain);
    for (const { frame, index } of sampleFrames(framing, spec)) {
      const parts = explainFrame(framing, frame, { index });
      const texts = parts.map(({ text }) => text);
      assertEquals(texts.indexOf("does not fit the framing"), -1, texts.join());
      assertMatch(texts.join(), /^[ -~]*$/);
    }
  });

  for (const [message, frame] of spec.golden ?? []) {
    Deno.test(`${name} writes ${show(message)} as ${show(frame)}`, () => {
      assertEquals(fromLatin1(encodeAll(framing, [latin1(message)])), frame);
    });
  }

  const reads = [
    ...(spec.golden ?? []).map(([message, frame]) =>
      [frame, [message]] as const
    ),
    ...(spec.reads ?? []),
  ];
  for (const [stream, messages] of reads) {
    Deno.test(`${name} reads ${show(stream)} in every cut`, () => {
      for (const chunks of ways(stream)) {
        assertEquals(decodeAll(framing, chunks), {
          messages,
          error: undefined,
        });
      }
    });
  }

  for (const [stream, code, text] of spec.rejects ?? []) {
    Deno.test(`${name} rejects ${show(stream)} as ${code} in every cut`, () => {
      const { error } = decodeAll(framing, [latin1(stream)], 1000);
      assertStringIncludes(
        error ?? "nothing",
        `${code}: Cannot decode message`,
      );
      assertStringIncludes(error ?? "nothing", text);
      for (const chunks of ways(stream)) {
        assertEquals(decodeAll(framing, chunks, 1000).error, error);
      }
    });
  }

  for (const [message, text] of spec.refuses ?? []) {
    Deno.test(`${name} refuses to send ${show(message)}`, () => {
      const sink = new ByteSink();
      const encoder = framingOf(framing).encoder({ maxMessageBytes: 1000 });
      assertThrows(
        () => encoder.encode(latin1(message), sink),
        RangeError,
        text,
      );
      assertEquals(sink.length, 0);
    });
  }

  Deno.test(`${name} gives back any messages in any cut`, () => {
    const known = fc.constantFrom(...[...opening, ...spec.samples].map(latin1));
    const any = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(known, any), { maxLength: 6 }),
        fc.array(fc.nat(2000), { maxLength: 8 }),
        (wanted, places) => {
          const messages = sendable(framing, wanted);
          const stream = encodeAll(framing, messages);
          const { messages: given, error } = decodeAll(
            framing,
            cutAt(stream, places),
          );
          assertEquals(error, undefined);
          assertArrived(framing, given, messages.map(fromLatin1));
        },
      ),
      { numRuns: 300 },
    );
  });

  Deno.test(`${name} gives the same in batches, counted, and with bad frames skipped, for any bytes in any cut`, () => {
    if (framingOf(framing).boundary === "none") return;
    const bytes = spec.samples.join("") + (spec.golden ?? []).join("");
    const known = fc.constantFrom(...latin1(bytes), 0, 10, 48, 255);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(known, fc.nat(255)), { maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom("fail" as const, "skip" as const),
        (bytes, places, maxMessageBytes, badFrames) => {
          assertSame(framing, Uint8Array.from(bytes), places, {
            badFrames,
            maxMessageBytes,
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  Deno.test(`${name} writes many messages at once as it writes them one by one`, () => {
    const messages = sendable(
      framing,
      [...opening, ...spec.samples].map(latin1),
    );
    const options = { maxMessageBytes: 1000 };
    const sink = new ByteSink();
    const encoder = framingOf(framing).encoder(options);
    for (let next = 0; next < messages.length;) {
      next = encodeBatch(encoder, messages, next, sink, sink.length + 1);
    }
    const bytes = Uint8Array.from(sink.pieces().flatMap((piece) => [...piece]));
    assertEquals(bytes, encodeAll(framing, messages, 1000));
  });

  Deno.test(`${name} gives the same for any bytes in any cut`, () => {
    if (framingOf(framing).boundary === "none") return;
    const bytes = spec.samples.join("") + (spec.golden ?? []).join("");
    const known = fc.constantFrom(...latin1(bytes), 0, 10, 48, 255);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(known, fc.nat(255)), { maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        fc.integer({ min: 1, max: 20 }),
        (bytes, places, limit) => {
          const stream = Uint8Array.from(bytes);
          assertEquals(
            decodeAll(framing, cutAt(stream, places), limit),
            decodeAll(framing, [stream], limit),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
}

/** The golden frames, and that of each sample behind the opening messages. */
function* sampleFrames(
  framing: Framing,
  { golden = [], opening = [], samples }: CodecSpec,
): Generator<{ readonly frame: Uint8Array; readonly index: number }> {
  for (const [, frame] of golden) yield { frame: latin1(frame), index: 0 };
  for (const sample of samples) {
    const encoder = framing.encoder({ maxMessageBytes: 1024 * 1024 });
    for (const message of opening) {
      encoder.encode(latin1(message), new ByteSink());
    }
    const sink = new ByteSink();
    encoder.encode(latin1(sample), sink);
    const frame = Uint8Array.from(sink.pieces().flatMap((piece) => [...piece]));
    yield { frame, index: opening.length };
  }
}

function assertSame(
  framing: Framing | string,
  stream: Uint8Array,
  places: readonly number[],
  options: FrameDecoderOptions,
): void {
  const whole = taken(framing, [stream], TAKING["next()"]!, options);
  for (const take of Object.values(TAKING)) {
    assertEquals(taken(framing, cutAt(stream, places), take, options), whole);
  }
  // What only the end makes a message is none that could be skipped.
  const some = taken(
    framing,
    cutAt(stream, places),
    TAKING["next()"]!,
    options,
  );
  const { messages } = some as { messages: string[] };
  const decoder = new FrameDecoder(framing, options);
  const counted = sizes(cutAt(stream, places), decoder);
  assertEquals(counted, messages.slice(0, counted.length).map((m) => m.length));
  assert(messages.length - counted.length <= 1);
}

/** The framing, with an encoder that writes the shortest frames. */
function shortest(spec: CodecSpec): Framing {
  const framing = facing(parseFraming(spec.framing), spec.from);
  const { shortest } = spec;
  if (shortest === undefined) return framing;
  return {
    badFrames: framing.badFrames ?? "fail",
    boundary: framing.boundary,
    decoder: (options) => framing.decoder(options),
    encoder(options) {
      const encoder = framing.encoder(options);
      return {
        encode(message, sink) {
          encoder.encode(message, new ByteSink());
          sink.copy(latin1(shortest(fromLatin1(message))));
        },
      };
    },
    toString: () => spec.framing,
  };
}

function assertArrived(
  framing: Framing | string,
  given: readonly string[],
  sent: readonly string[],
): void {
  switch (framingOf(framing).boundary) {
    case "frame":
      return assertEquals(given, sent);
    case "close":
      return assertEquals(given, sent.length === 0 ? [""] : sent);
    case "none":
      return assertEquals(given.join(""), sent.join(""));
  }
}

/** Those of some messages that a framing can send, in their order. */
function sendable(
  framing: Framing | string,
  messages: readonly Uint8Array[],
): Uint8Array[] {
  const encoder = framingOf(framing).encoder({ maxMessageBytes: 1000 });
  return messages.filter((message) => {
    try {
      encoder.encode(message, new ByteSink());
      return true;
    } catch (error) {
      assert(error instanceof RangeError, String(error));
      return false;
    }
  });
}

/** All ways of cutting a short stream, some of cutting a long one. */
function* ways(stream: string): Generator<Uint8Array[]> {
  const bytes = latin1(stream);
  if (bytes.length <= 40) return yield* chunkings(bytes);
  yield [bytes.slice()];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  for (let at = 1; at < bytes.length; at++) yield cutAt(bytes, [at]);
}

function show(text: string): string {
  const shown = text.length <= 24
    ? text
    : `${text.slice(0, 24)}... (${text.length} bytes)`;
  return JSON.stringify(shown);
}

function framingOf(framing: Framing | string): Framing {
  return typeof framing === "string" ? parseFraming(framing) : framing;
}
