/**
 * The line under the runtime's `node:tls`: a connection of ours, as the stream
 * that it wants.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import type { Connection } from "../connection.ts";

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

  /** Drops the stream, and with it what `node:tls` has put onto it. */
  destroy(): void;

  /**
   * Lets `node:tls` drop the stream only a turn after it wanted to. Whom it
   * refuses it hangs up on before it has written the alert that says why. Not for
   * clients: one that does not like the server's name would agree first.
   */
  linger(): void;
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
      // An error would end the stream, and what the peer has sent would be lost.
      writing = write(bytes).catch((error) => events.broken(error));
      void writing.then(() => done());
    },
    destroy: (_error, done) => done(null),
  });
  stream.on("error", () => {
    // Whatever it is, the events told of it.
  });
  const destroy = stream.destroy.bind(stream);
  let hangingUp: ReturnType<typeof setTimeout> | undefined;
  return {
    stream,
    flushed: () => writing,
    destroy() {
      clearTimeout(hangingUp);
      stream.destroy = destroy;
      destroy();
    },
    linger() {
      stream.destroy = () => {
        hangingUp ??= setTimeout(() => void writing.then(() => destroy()), 0);
        return stream;
      };
    },
  };
}
