/**
 * The line under the runtime's `node:tls`: a connection of ours, as the stream
 * that it wants.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import type { Connection } from "./connection.ts";

const SMALLEST_READ_BYTES = 4 * 1024;
const LARGEST_READ_BYTES = 64 * 1024;
// About one record of TLS. node:tls copies what it is given several times, which
// is cheaper in pieces that stay in the processor's cache.
const PIECE_BYTES = 16 * 1024;

/** A stream over a connection, and what happened to it. */
export interface Wire {
  /** The stream. */
  readonly stream: Duplex;

  /**
   * Waits until what the stream was given so far is written.
   *
   * @returns When it is, or cannot be any more.
   */
  flushed(): Promise<void>;

  /**
   * Tells a client why there will be no TLS, in the words of TLS, unless
   * something was said already: `node:tls` hangs up without a word.
   *
   * @param alert The number of the alert; RFC 8446, section 6.
   */
  refuse(alert: number): void;
}

/** What becomes of a wire. */
export interface WireEvents {
  /**
   * Asks before more is read, as the stream itself takes in all that comes.
   *
   * @returns A promise to wait for, if there is no room.
   */
  room(): Promise<void> | undefined;

  /**
   * There is nothing more to read.
   *
   * @param error The error, if that is why.
   */
  ended(error?: unknown): void;

  /**
   * Nothing more can be written. There may still be something to read.
   *
   * @param error Why.
   */
  broken(error: unknown): void;
}

/**
 * Puts a stream onto a connection. It never ends by itself: whether an end of the
 * bytes is the end of the conversation is not for the line to say.
 *
 * @param connection The connection; the caller closes it.
 * @param events Who is told what becomes of it.
 * @returns The wire.
 */
export async function wireOf(
  connection: Connection,
  events: WireEvents,
): Promise<Wire> {
  // Loading them takes longer than all of Parley; most programs need neither.
  const { Duplex } = await import("node:stream");
  const { Buffer } = await import("node:buffer");
  let readBytes = SMALLEST_READ_BYTES;
  let into = new Uint8Array(readBytes);
  let writing: Promise<void> = Promise.resolve();
  let isSilent = true;
  // Bytes that are not TLS and arrive while node:tls still sets itself up make
  // it throw where nobody can catch it, and the program ends (Deno 2.9.6).
  let settled: Promise<void> | undefined = new Promise((resolve) =>
    setTimeout(resolve, 0)
  );

  async function read(): Promise<void> {
    if (settled !== undefined) await settled;
    settled = undefined;
    await events.room();
    const count = await connection.read(into);
    if (count === null) return events.ended();
    const bytes = Buffer.from(into.buffer, 0, count);
    for (let at = 0; at < count; at += PIECE_BYTES) {
      stream.push(bytes.subarray(at, at + PIECE_BYTES));
    }
    // Idle connections hold little, busy ones are read in large pieces.
    if (count === readBytes) readBytes = LARGEST_READ_BYTES;
    else if (count < readBytes / 4) readBytes = SMALLEST_READ_BYTES;
    // node:tls has copied what it took, so the buffer is free for the next read,
    // which spares a quarter of the time; what it left lies in the stream.
    const isTaken = stream.readableLength === 0;
    if (!isTaken || into.length !== readBytes) into = new Uint8Array(readBytes);
  }

  async function write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await connection.write(rest));
    }
  }

  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => void read().catch((error) => events.ended(error)),
    write(bytes: Uint8Array, _encoding, done) {
      isSilent = false;
      // An error would end the stream, and what the peer has sent would be lost.
      writing = write(bytes).catch((error) => events.broken(error));
      void writing.then(() => done());
    },
    destroy: (_error, done) => done(null),
  });
  stream.on("error", () => {
    // Whatever it is, the events told of it.
  });
  return {
    stream,
    flushed: () => writing,
    refuse(alert) {
      if (!isSilent) return;
      isSilent = false;
      // A record of two bytes: fatal, and why. Whoever is gone does not miss it.
      writing = write(Uint8Array.of(21, 3, 3, 0, 2, 2, alert)).catch(() => {});
    },
  };
}
