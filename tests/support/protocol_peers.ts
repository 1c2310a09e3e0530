/**
 * Programs of others that speak a protocol, and what goes by between two of
 * them: for tests of framings by the names of protocols.
 *
 * ```text
 * real client ── recorder ── real server
 *                   │
 *       the bytes of both directions, as they were cut
 * ```
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type Address, connect, type MessageConnection } from "@parley/parley";
import { ByteSink, FrameDecoder, parseFraming } from "@parley/parley/framing";
import { assert, assertEquals } from "@std/assert";
import { cutAt, latin1 } from "./chunkings.ts";
import { Process } from "./processes.ts";

/** A test that needs programs which not every machine has. */
export interface PeerTest {
  /** What is claimed. */
  readonly name: string;
  /** The programs; without one of them, the test is ignored. */
  readonly needs: readonly string[];
  /** What else must be so: if not, the test is ignored and its name says why. */
  readonly unless?: string | undefined;
  /** The test. Its folder is removed at its end. */
  readonly fn: (folder: string) => Promise<void>;
}

/** Registers a test that is ignored, with the reason, where a program is missing. */
export async function peerTest(test: PeerTest): Promise<void> {
  const missing: string[] = [];
  for (const program of test.needs) {
    if (!await isInstalled(program)) missing.push(program);
  }
  const why = missing.length > 0
    ? `${missing.join(" and ")} ${
      missing.length === 1 ? "is" : "are"
    } not installed`
    : test.unless;
  Deno.test({
    name: why === undefined ? test.name : `${test.name}: not run, ${why}`,
    ignore: why !== undefined,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "parley-" });
      try {
        await test.fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Where Debian has servers, and not every user's PATH. */
const PLACES = "PATH=$PATH:/usr/sbin:/sbin";

async function isInstalled(program: string): Promise<boolean> {
  return (await run(`command -v ${program} >/dev/null`)).code === 0;
}

/** Runs a script of the shell to its end, in a folder if one is given. */
export async function run(
  script: string,
  ...args: string[]
): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", `${PLACES}; ${script}`, "sh", ...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Starts a program through the shell; it ends with the test. */
export function start(program: string, ...args: string[]): Process {
  return new Process("sh", [
    ...["-c", `${PLACES}; exec "$0" "$@"`, program],
    ...args,
  ]);
}

/** A port of the loopback that is free now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until a server that says nothing of it listens. */
export async function listening(port: number): Promise<void> {
  for (let left = 500;; left--) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (left === 0 || !(error instanceof Deno.errors.ConnectionRefused)) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The port of a server of this library. */
export function portOf({ address }: { readonly address: Address }): number {
  assert("port" in address);
  return address.port;
}

/** Connects, with a bound for each message that is awaited. */
export async function opened(
  port: number,
  framing: string,
  maxMessageBytes = 2 ** 20,
): Promise<Peer> {
  const connection: MessageConnection<Uint8Array> = await connect(
    `tcp://127.0.0.1:${port}`,
    { framing, maxMessageBytes },
  );
  return new Peer(connection);
}

/** The other side of a connection. */
export class Peer implements AsyncDisposable {
  /** Our side. */
  readonly connection: MessageConnection<Uint8Array>;

  constructor(connection: MessageConnection<Uint8Array>) {
    this.connection = connection;
  }

  /** Sends a message: bytes, or a string of one byte for each character. */
  async send(message: Uint8Array | string): Promise<void> {
    await this.connection.send(
      typeof message === "string" ? latin1(message) : message,
    );
  }

  /** Receives the next message. */
  async receive(): Promise<Uint8Array> {
    const message = await this.connection.receive({ timeoutMs: 20_000 });
    if (message === undefined) throw new Error("the peer has closed");
    return message;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.connection[Symbol.asyncDispose]();
  }
}

/** One connection that went by: the pieces of both directions as they came. */
export interface Recorded {
  /** What the client sent. */
  readonly client: Uint8Array[];
  /** What the server sent. */
  readonly server: Uint8Array[];
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
    const recorded: Recorded = { client: [], server: [] };
    this.connections.push(recorded);
    const server: Deno.Conn = "path" in to
      ? await Deno.connect({ transport: "unix", path: to.path })
      : await Deno.connect({ hostname: "127.0.0.1", port: to.port });
    const both = [client, server];
    for (const conn of both) this.#open.add(conn);
    await Promise.all([
      pump(client, server, recorded.client),
      pump(server, client, recorded.server),
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
  pieces: Uint8Array[],
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      const piece = buffer.slice(0, count);
      pieces.push(piece);
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
 * Decodes what went by in one direction, at many cuts, and checks that all give
 * the same messages and that their frames are what went by, byte for byte.
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
  const { maxMessageBytes = 2 ** 20 } = options;
  const stream = joined(pieces);
  const encoder = parseFraming(framing).encoder({ maxMessageBytes });
  const frame = options.frame ?? ((message: Uint8Array) => {
    const sink = new ByteSink();
    encoder.encode(message, sink);
    return joined(Array.from(sink.pieces()));
  });
  const messages = decoded(framing, pieces, maxMessageBytes);
  assertSame(joined(messages.map(frame)), stream);
  for (const cut of cuts(stream)) {
    const other = decoded(framing, cut, maxMessageBytes);
    assertEquals(other.length, messages.length);
    other.forEach((message, i) => assertSame(message, messages[i]!));
  }
  return messages;
}

function* cuts(stream: Uint8Array): Generator<Uint8Array[]> {
  yield [stream];
  if (stream.length <= SHORT_BYTES) {
    yield Array.from(stream, (byte) => Uint8Array.of(byte));
  }
  // Few large streams, as each is decoded in full.
  const most = Math.min(RANDOM_CUTS, Math.ceil(2 ** 26 / (stream.length + 1)));
  for (let i = 0; i < most; i++) {
    const count = 1 + Math.floor(Math.random() * 20);
    const places = Array.from(
      { length: count },
      () => Math.floor(Math.random() * stream.length),
    );
    yield cutAt(stream, places);
  }
}

function decoded(
  framing: string,
  pieces: readonly Uint8Array[],
  maxMessageBytes: number,
): Uint8Array[] {
  const decoder = new FrameDecoder(framing, {
    maxMessageBytes,
    badFrames: "fail",
  });
  const messages: Uint8Array[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    for (let m; (m = decoder.next()) !== undefined;) messages.push(m);
  }
  assertEquals(decoder.end(), undefined);
  return messages;
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
