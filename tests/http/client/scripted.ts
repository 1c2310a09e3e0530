/**
 * Servers that say exactly what a test tells them, and what the tests of the
 * client share.
 *
 * @module
 */

import { assert } from "@std/assert";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { TIME } from "../../../lib/http/client/connection/client_connection.ts";
import type {
  HttpClientOptions,
  HttpRequestOptions,
} from "../../../lib/http/client/options.ts";
import { within } from "../../support/foreign_http.ts";
import type { ManualTime } from "../../support/manual_time.ts";
import { RawPeer } from "../../support/peers.ts";

/** What a server got. */
export interface Received {
  /** The head with its empty line; each character is a byte. */
  readonly head: string;
  /** The body with its chunks, as it came. */
  readonly body: string;
}

/** One connection of a client, from the server's side. */
export class ScriptedPeer extends RawPeer {
  /** Which connection it is, from 0. */
  readonly number: number;
  #rest = "";

  constructor(conn: Deno.TcpConn, number: number) {
    super(conn);
    this.number = number;
  }

  /**
   * Reads a head.
   *
   * @returns The head, or nothing if the client has finished before it.
   */
  async head(): Promise<string> {
    return await this.until("\r\n\r\n");
  }

  /**
   * Reads a request, with a body by length or in chunks.
   *
   * @returns The request.
   */
  async request(): Promise<Received> {
    const head = await this.head();
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (/^transfer-encoding: chunked/im.test(head)) {
      const body = this.#rest.startsWith("0\r\n\r\n")
        ? await this.until("0\r\n\r\n")
        : await this.until("\r\n0\r\n\r\n");
      return { head, body };
    }
    while (this.#rest.length < length) await this.#more();
    const body = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return { head, body };
  }

  /**
   * Reads up to some text.
   *
   * @param text The text.
   * @returns All with the text, or nothing if the client has finished before.
   */
  async until(text: string): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf(text);
      if (at !== -1) {
        const end = at + text.length;
        const got = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end);
        return got;
      }
      if (!(await this.#more())) return "";
    }
  }

  /**
   * Reads up to some text and drops it, however much that is.
   *
   * @param text The text, the last that comes.
   */
  async skip(text: string): Promise<void> {
    const chunk = new Uint8Array(65_536);
    for (let end = this.#rest; !end.endsWith(text);) {
      const count = await this.conn.read(chunk);
      if (count === null) break;
      const tail = chunk.subarray(Math.max(0, count - text.length), count);
      end = (end + fromLatin1(tail)).slice(-text.length);
    }
    this.#rest = "";
  }

  /**
   * Writes text, each character one byte.
   *
   * @param text The text.
   */
  async say(text: string): Promise<void> {
    await this.write(latin1(text));
  }

  /** Reads until the client finishes, and drops it. */
  async drain(): Promise<void> {
    await this.readAll();
  }

  async #more(): Promise<boolean> {
    const chunk = new Uint8Array(65_536);
    const count = await this.conn.read(chunk);
    if (count === null) return false;
    this.#rest += fromLatin1(chunk.subarray(0, count));
    return true;
  }
}

/** A server that does what a script says. */
export interface ScriptedServer extends AsyncDisposable {
  /** Its URL, without a slash at the end. */
  readonly url: string;
  /** Its port. */
  readonly port: number;
  /** How many connections it has had. */
  readonly connections: number;
}

/**
 * Begins to serve on the loopback.
 *
 * @param script Talks to one connection, which is closed when it is over; that
 * the client goes away is no failure of it.
 * @returns The server; disposing of it waits for the scripts, and throws what
 * one of them threw.
 */
export function scripted(
  script: (peer: ScriptedPeer) => Promise<void>,
): ScriptedServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const talks: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      talks.push(talk(new ScriptedPeer(conn, talks.length), script));
    }
  })();
  return {
    port: listener.addr.port,
    url: `http://127.0.0.1:${listener.addr.port}`,
    get connections() {
      return talks.length;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await within(5000, "a script to end", Promise.all(talks));
    },
  };
}

async function talk(
  peer: ScriptedPeer,
  script: (peer: ScriptedPeer) => Promise<void>,
): Promise<void> {
  try {
    await script(peer);
  } catch (error) {
    const isGone = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isGone) throw error;
  } finally {
    peer[Symbol.dispose]();
  }
}

/**
 * Serves one answer to each request, then closes.
 *
 * @param answer The bytes, each character one; or what makes them of a request.
 * @returns The server.
 */
export function answering(
  answer: string | ((received: Received) => string),
): ScriptedServer {
  return scripted(async (peer) => {
    const received = await peer.request();
    if (received.head === "") return;
    await peer.say(typeof answer === "string" ? answer : answer(received));
    await peer.conn.closeWrite();
    await peer.drain();
  });
}

/**
 * Lets the deadlines of a client go by another time.
 *
 * @param time The time, which the test moves.
 * @param options The client's options, or a request's.
 * @returns The options with it.
 */
export function timed<O extends HttpClientOptions & HttpRequestOptions>(
  time: ManualTime,
  options: O,
): O {
  return { ...options, [TIME]: time };
}

/**
 * Registers a test that cannot hang.
 *
 * @param name What is claimed.
 * @param test The test.
 */
export function bounded(name: string, test: () => Promise<void>): void {
  Deno.test(name, () => within(10_000, `"${name}"`, test()));
}

/**
 * Takes what a promise is rejected with.
 *
 * @param promise The promise.
 * @param type Of which class it must be.
 * @returns The error.
 */
export async function failure<E extends Error>(
  promise: Promise<unknown>,
  // deno-lint-ignore no-explicit-any -- any arguments
  type: new (...args: any[]) => E,
): Promise<E> {
  const thrown = await promise.then(
    () => new Error("it did not fail"),
    (error) => error,
  );
  assert(thrown instanceof type, `${thrown?.stack ?? thrown}`);
  return thrown;
}
