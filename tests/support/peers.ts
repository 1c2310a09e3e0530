/**
 * Peers that behave as no well-behaved program does, for the tests of those
 * that have to put up with them.
 *
 * @module
 */

import { type AddressInfo, createServer } from "node:net";

/** A peer made of bytes. */
export class RawPeer implements Disposable {
  /** The socket. */
  readonly conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn) {
    this.conn = conn;
  }

  /**
   * Connects.
   *
   * @param port Where, on the loopback.
   * @returns The peer.
   */
  static async connect(port: number): Promise<RawPeer> {
    return new RawPeer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /**
   * Writes all of the bytes.
   *
   * @param bytes The bytes, or text.
   */
  async write(bytes: Uint8Array | string | number[]): Promise<void> {
    let rest = typeof bytes === "string"
      ? new TextEncoder().encode(bytes)
      : Uint8Array.from(bytes);
    while (rest.length > 0) {
      rest = rest.subarray(await this.conn.write(rest));
    }
  }

  /**
   * Reads exactly so many bytes.
   *
   * @param count How many.
   * @returns The bytes; fewer if the stream ends before.
   */
  async read(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    let end = 0;
    while (end < count) {
      const got = await this.conn.read(bytes.subarray(end));
      if (got === null) break;
      end += got;
    }
    return bytes.subarray(0, end);
  }

  /**
   * Reads to the end, whether that is a finish or a reset.
   *
   * @returns All bytes.
   */
  async readAll(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    try {
      for (;;) {
        const chunk = new Uint8Array(65_536);
        const count = await this.conn.read(chunk);
        if (count === null) break;
        chunks.push(chunk.subarray(0, count));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
  }

  [Symbol.dispose](): void {
    this.conn[Symbol.dispose]();
  }
}

/**
 * Listens for one peer, answers its first bytes with some of ours and then
 * resets the connection, which Deno's own sockets cannot do on purpose.
 *
 * @param answer The bytes before the reset.
 * @returns The port.
 */
export async function resettingServer(
  answer: readonly number[],
): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(
        Uint8Array.from(answer),
        () => socket.resetAndDestroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/**
 * Listens for one peer and answers with bytes.
 *
 * @param answer Talks to the peer.
 * @returns The port, and what waits for the answer to be over.
 */
export function rawServer(
  answer: (peer: RawPeer) => Promise<void>,
): { port: number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const done = listener.accept().then(async (conn) => {
    using peer = new RawPeer(conn);
    await answer(peer);
  });
  done.catch(() => {});
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await done.catch((error) => {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      });
    },
  };
}
