/**
 * The stream under the runtime's `node:tls`: an adapter from a connection of
 * this library.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Connection } from "../connection.ts";

const SMALLEST_READ_BYTES = 4 * 1024;
const LARGEST_READ_BYTES = 64 * 1024;
// About one record of TLS. node:tls copies its input several times, which is
// cheaper in pieces that stay in the processor's cache.
const PIECE_BYTES = 16 * 1024;

/** A stream over a connection, and its end. */
export interface Wire {
  /** The stream. */
  readonly stream: Duplex;

  /**
   * Waits until all bytes given to the stream so far are written.
   *
   * @returns Resolves once they are written, or never can be.
   */
  flushed(): Promise<void>;

  /** Drops the stream, and with it the TLS connection on top of it. */
  destroy(): void;

  /**
   * Delays by one turn that `node:tls` drops the stream. Otherwise it closes
   * before the alert with the reason of a refusal is written. Not for clients:
   * a client that refuses the server's name would complete the handshake first.
   */
  linger(): void;
}

/** The events of a wire. */
export interface WireEvents {
  /**
   * Called before more is read, as the stream itself has no bound.
   *
   * @returns A promise to wait for, if there is no room.
   */
  room(): Promise<void> | undefined;

  /**
   * Called when there is nothing more to read.
   *
   * @param error The error, if one ended it.
   */
  ended(error?: unknown): void;

  /**
   * Called when nothing more can be written. There may still be bytes to read.
   */
  broken(error: unknown): void;
}

/** Begins a handshake. */
export type BeginTls = (
  /** The stream to put TLS onto. */
  wire: Wire,
  /** Called with the socket once both ends agree. */
  agreed: (socket: TLSSocket) => void,
  /** Called with the error if they cannot. */
  failed: (error: unknown) => void,
) => void | Promise<void>;

/**
 * Puts a stream onto a connection. It never ends by itself: the caller decides
 * whether the end of the bytes ends the conversation.
 *
 * @param connection The connection; the caller closes it.
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
  // Bytes that are not TLS and arrive while node:tls is setting up make it
  // throw an uncatchable error, which ends the program (Deno 2.9.6).
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
    // node:tls has copied what it took, so the next read can use the buffer,
    // which saves a quarter of the time. What it has not taken is still in the
    // stream.
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
      // An error would end the stream and lose bytes that the peer has sent.
      writing = write(bytes).catch((error) => events.broken(error));
      void writing.then(() => done());
    },
    destroy: (_error, done) => done(null),
  });
  stream.on("error", () => {
    // The events have reported it already.
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
