/**
 * Programs of others that speak a protocol, for tests of framings by the names of
 * protocols.
 *
 * @module
 */

import { type Address, connect, type MessageConnection } from "@parley/parley";
import { assert } from "@std/assert";
import { latin1 } from "./chunkings.ts";
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

/** Waits until a server that says nothing of it listens, for up to a minute. */
export async function listening(port: number): Promise<void> {
  for (let left = 3_000;; left--) {
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
    const message = await this.connection.receive({ timeoutMs: 60_000 });
    if (message === undefined) throw new Error("the peer has closed");
    return message;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.connection[Symbol.asyncDispose]();
  }
}
