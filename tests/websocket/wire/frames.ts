/**
 * Frames of WebSocket, made independently of the encoder, and what a decoder makes
 * of a stream.
 *
 * @module
 */

import { ByteQueue } from "../../../lib/bytes/byte_queue.ts";
import { ProtocolError } from "../../../lib/errors.ts";
import type { Side } from "../../../lib/framing/framing.ts";
import { closeCodeFor } from "../../../lib/websocket/wire/close_status.ts";
import type { Inflater } from "../../../lib/websocket/wire/decoder_options.ts";
import { WebSocketDecoder } from "../../../lib/websocket/wire/websocket_decoder.ts";
import { chunkings, cutAt } from "../../support/chunkings.ts";

/** A part of a stream: one frame or bare bytes. */
export interface FrameSpec {
  readonly opcode: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly payload?: Uint8Array | string;
  /** Whether the mask bit is set, if not as the side has to. */
  readonly mask?: boolean;
  /** How many bytes of length are used, if not as few as possible. */
  readonly lengthBytes?: 1 | 2 | 8;
  /** The length that the header says, if not the payload's. */
  readonly declares?: number;
}

/** The bytes of a text. */
export const utf8 = (text: string): Uint8Array =>
  new TextEncoder().encode(text);

/** The bytes of a frame as a side sends it, written down from RFC 6455 5.2. */
export function frame(spec: FrameSpec, from: Side): Uint8Array {
  const { fin = true, opcode, payload = "", rsv = 0 } = spec;
  const body = typeof payload === "string" ? utf8(payload) : payload;
  const length = spec.declares ?? body.length;
  const masked = spec.mask ?? from === "client";
  const size = spec.lengthBytes ??
    (length < 126 ? 1 : length < 65536 ? 2 : 8);
  const out = [
    (fin ? 0x80 : 0) | (rsv << 4) | opcode,
    (masked ? 0x80 : 0) | (size === 1 ? length : size === 2 ? 126 : 127),
  ];
  if (size > 1) {
    for (let i = size - 1; i >= 0; i--) {
      out.push(Number((BigInt(length) >> BigInt(8 * i)) & 0xffn));
    }
  }
  const key = [0x37, 0xfa, 0x21, 0x3d];
  if (masked) out.push(...key);
  const bytes = new Uint8Array(out.length + body.length);
  bytes.set(out);
  bytes.set(body, out.length);
  // As the suite has messages of 16 MiB, without an iterator.
  for (let i = 0; masked && i < body.length; i++) {
    bytes[out.length + i]! ^= key[i & 3]!;
  }
  return bytes;
}

/** Frames one after the other. */
export function stream(frames: readonly FrameSpec[], from: Side): Uint8Array {
  const parts = frames.map((spec) => frame(spec, from));
  const whole = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What a decoder reports, in order: `text "a"`, `ping 61`, `close 1000 "bye"`. */
export interface Report {
  readonly events: readonly string[];
  /** The close code of the error, or `truncated`; `undefined` if there is none. */
  readonly error: number | "truncated" | undefined;
  /** The error's text. */
  readonly text: string | undefined;
}

/** Limits of {@linkcode read}. */
export interface ReadOptions {
  readonly maxMessageBytes?: number;
  readonly maxFragments?: number | undefined;
  readonly inflater?: Inflater;
  /** Whether the stream ends behind the last chunk. */
  readonly ends?: boolean;
  /** Whether the queue reads into its own buffer, as that of a connection does. */
  readonly isOwned?: boolean;
}

/** Decodes the chunks of a stream. */
export function read(
  chunks: Iterable<Uint8Array>,
  from: Side,
  options: ReadOptions = {},
): Report {
  const events: string[] = [];
  const decoder = new WebSocketDecoder({
    maxMessageBytes: 1 << 24,
    ...options,
    from,
    control: {
      ping: (payload) => events.push(`ping ${payload.toHex()}`),
      pong: (payload) => events.push(`pong ${payload.toHex()}`),
      close: ({ code, reason }) =>
        events.push(`close ${code} ${JSON.stringify(reason)}`),
    },
  });
  const queue = new ByteQueue();
  const take = () => {
    for (;;) {
      const message = decoder.decode(queue);
      if (message === undefined) return;
      events.push(
        decoder.kind === "text"
          ? `text ${shown(new TextDecoder().decode(message))}`
          : `binary ${shown(message.toHex())}`,
      );
    }
  };
  try {
    for (const chunk of chunks) {
      if (options.isOwned === true) readInto(queue, chunk, decoder, take);
      else queue.push(chunk.slice());
      take();
    }
    if (options.ends) decoder.decodeEnd(queue);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const code = error.code === "truncated" ? "truncated" : closeCodeFor(error);
    return { events, error: code, text: error.message };
  }
  return { events, error: undefined, text: undefined };
}

/** Gives a chunk as reads of a connection would, which may take several. */
function readInto(
  queue: ByteQueue,
  chunk: Uint8Array,
  decoder: WebSocketDecoder,
  take: () => void,
): void {
  for (let rest = chunk; rest.length > 0;) {
    const into = queue.reserve(decoder.missingBytes);
    const some = rest.subarray(0, into.length);
    into.set(some);
    queue.commit(some.length);
    rest = rest.subarray(some.length);
    if (rest.length > 0) take();
  }
}

function shown(text: string): string {
  return text.length <= 40
    ? JSON.stringify(text)
    : `${text.length} characters, ${text.slice(0, 8)}`;
}

/**
 * Cuts a stream in every way that is affordable: short ones at every pair of
 * places, longer ones at every place, all of them into single bytes.
 */
export function* cuts(bytes: Uint8Array): Generator<Uint8Array[]> {
  if (bytes.length <= 40) return yield* chunkings(bytes);
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  // Where a header, the codes and characters are, every place; else some.
  const places = bytes.length > 10_000 ? 30 : 300;
  const step = Math.max(1, Math.ceil(bytes.length / places));
  for (let at = 1; at < bytes.length; at += at < 20 ? 1 : step) {
    yield cutAt(bytes, [at]);
  }
}
