/**
 * What goes by between two programs.
 *
 * ```text
 * real client ── recorder ── real server
 *                   │
 *       the bytes of both directions, as they were cut
 * ```
 *
 * @module
 */

import type { Side } from "@parley/parley/framing";

/** A piece of what one side has sent. */
export interface Piece {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

/** One connection that went by. */
export class Recorded {
  /** The pieces of both directions in the order in which they came. */
  readonly pieces: Piece[] = [];

  /** What the client sent. */
  get client(): Uint8Array[] {
    return this.#of("client");
  }

  /** What the server sent. */
  get server(): Uint8Array[] {
    return this.#of("server");
  }

  #of(side: Side): Uint8Array[] {
    return this.pieces.filter(({ from }) => from === side)
      .map(({ bytes }) => bytes);
  }
}

/** Where a server is: a port of the loopback, or the path of a socket. */
export type Place = { readonly port: number } | { readonly path: string };

/** Stands between a client and a server, and keeps all bytes. */
export class Recorder implements AsyncDisposable {
  /** The connections so far. */
  readonly connections: Recorded[] = [];
  readonly #listener: Deno.Listener;
  readonly #open = new Set<Deno.Conn>();
  readonly #done: Promise<void>;
  readonly #running = new Set<Promise<void>>();

  /**
   * @param server Where the server is.
   * @param path The socket where the client connects, if not at a port.
   */
  constructor(server: Place, path?: string) {
    this.#listener = path === undefined
      ? Deno.listen({ hostname: "127.0.0.1", port: 0 })
      : Deno.listen({ transport: "unix", path });
    this.#done = this.#accept(server);
  }

  /** The port where the client connects. */
  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  async #accept(server: Place): Promise<void> {
    for await (const client of this.#listener) {
      const running = this.#relay(client, server).finally(() =>
        this.#running.delete(running)
      );
      this.#running.add(running);
    }
  }

  async #relay(client: Deno.Conn, to: Place): Promise<void> {
    const recorded = new Recorded();
    this.connections.push(recorded);
    const server: Deno.Conn = "path" in to
      ? await Deno.connect({ transport: "unix", path: to.path })
      : await Deno.connect({ hostname: "127.0.0.1", port: to.port });
    const both = [client, server];
    for (const conn of both) this.#open.add(conn);
    await Promise.all([
      pump(client, server, (bytes) => {
        recorded.pieces.push({ from: "client", bytes });
      }),
      pump(server, client, (bytes) => {
        recorded.pieces.push({ from: "server", bytes });
      }),
    ]);
    for (const conn of both) {
      this.#open.delete(conn);
      conn.close();
    }
  }

  /** Waits until all connections so far are over. */
  async over(): Promise<readonly Recorded[]> {
    await Promise.all(this.#running);
    return this.connections;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    // After a failure of the test, a side may still be there.
    for (const conn of this.#open) await conn.closeWrite().catch(() => {});
    await this.#done;
    await this.over();
  }
}

async function pump(
  from: Deno.Conn,
  to: Deno.Conn,
  keep: (piece: Uint8Array) => void,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      const piece = buffer.slice(0, count);
      keep(piece);
      for (let at = 0; at < count;) at += await to.write(piece.subarray(at));
    }
  } catch (error) {
    // A side that resets has said all that it will say.
    if (
      !(error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BrokenPipe)
    ) throw error;
  }
  await to.closeWrite().catch(() => {});
}
