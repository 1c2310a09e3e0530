/**
 * A server as one writes it by hand: each message begins with its length in four
 * bytes, and is answered in capitals. How it reads these four bytes is the caller's
 * choice.
 *
 * @module
 */

const HEADER_BYTES = 4;
// A header that is read in pieces may give any length: 05 74 61 63 is 91 MB.
const MAX_BYTES = 65_536;

/** Reads bytes into an array; `false` if the stream has ended. */
export type ReadInto = (conn: Deno.Conn, bytes: Uint8Array) => Promise<boolean>;

/** The bug: one read may bring fewer bytes than the array can hold. */
export async function readOnce(
  conn: Deno.Conn,
  bytes: Uint8Array,
): Promise<boolean> {
  return await conn.read(bytes) !== null;
}

/** The remedy: reads until the array is full. */
export async function readFull(
  conn: Deno.Conn,
  bytes: Uint8Array,
): Promise<boolean> {
  for (let at = 0; at < bytes.length;) {
    const count = await conn.read(bytes.subarray(at));
    if (count === null) return false;
    at += count;
  }
  return true;
}

/** A server of messages with a length in front. */
export class HeaderPeer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #conns = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;

  constructor(listener: Deno.TcpListener, readHeader: ReadInto) {
    this.#listener = listener;
    this.#serving = this.#serve(readHeader);
  }

  /** Starts it on a free port. */
  static start(readHeader: ReadInto): HeaderPeer {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return new HeaderPeer(listener, readHeader);
  }

  /** Where it is. */
  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) close(conn);
    await this.#serving;
  }

  async #serve(readHeader: ReadInto): Promise<void> {
    const talks: Promise<void>[] = [];
    for await (const conn of this.#listener) {
      this.#conns.add(conn);
      // A client that resets its connection ends this one alone.
      const talk = answerAll(conn, readHeader).catch(() => {}).finally(() => {
        this.#conns.delete(conn);
        close(conn);
      });
      talks.push(talk);
    }
    await Promise.all(talks);
  }
}

async function answerAll(conn: Deno.Conn, readHeader: ReadInto): Promise<void> {
  const header = new Uint8Array(HEADER_BYTES);
  while (await readHeader(conn, header)) {
    const size = new DataView(header.buffer).getUint32(0);
    if (size > MAX_BYTES) return;
    const message = new Uint8Array(size);
    if (!await readFull(conn, message)) return;
    await writeAll(conn, frameOf(upper(message)));
  }
}

function upper(message: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(message);
  return new TextEncoder().encode(text.toUpperCase());
}

function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + message.length);
  new DataView(frame.buffer).setUint32(0, message.length);
  frame.set(message, HEADER_BYTES);
  return frame;
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await conn.write(bytes.subarray(at));
  }
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch { /* It is closed. */ }
}
