/**
 * What the tests of the server share: a server in memory or on TCP, and a client
 * made of bytes, so that nothing well-behaved stands between test and server.
 *
 * @module
 */

import { assert } from "@std/assert";
import {
  serveHttp,
  startHttpServer,
} from "../../../lib/http/server/serve_http.ts";
import type { HttpServer } from "../../../lib/http/server/http_server.ts";
import type {
  HttpServerEvent,
  ServeHttpOptions,
} from "../../../lib/http/server/http_server_options.ts";
import type { HttpHandler } from "../../../lib/http/server/http_serving.ts";
import { SYSTEM_TIME, type Time } from "../../../lib/time/time.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import {
  type MemoryConnectOptions,
  memoryListener,
  type MemoryListenerOptions,
} from "../../../lib/transport/memory/mod.ts";
import { connectTcp } from "../../../lib/transport/tcp/mod.ts";

/** The head of a response, and its body as it lay on the wire. */
export interface RawResponse {
  readonly status: number;
  /** The head's lines, the first one too. */
  readonly lines: readonly string[];
  readonly body: string;
}

/** A client made of bytes; each byte is one character. */
export class Wire implements Disposable {
  readonly connection: Connection;
  #rest = "";

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Writes all of it. */
  async write(text: string | Uint8Array): Promise<void> {
    let rest = typeof text === "string"
      ? Uint8Array.from(text, (character) => character.charCodeAt(0))
      : text;
    while (rest.length > 0) {
      rest = rest.subarray(await this.connection.write(rest));
    }
  }

  /** Reads until the text has come, and gives everything up to its end. */
  async until(text: string): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf(text);
      if (at !== -1) return this.#take(at + text.length);
      assert(
        await this.#more(),
        `the end came before ${JSON.stringify(text)}: ${this.#rest}`,
      );
    }
  }

  /** Reads that many bytes. */
  async bytes(count: number): Promise<string> {
    while (this.#rest.length < count) {
      assert(await this.#more(), `the end came too early: ${this.#rest}`);
    }
    return this.#take(count);
  }

  /** Reads to the end, which may be a reset. */
  async all(): Promise<string> {
    try {
      while (await this.#more());
    } catch {
      // What had come before is what counts.
    }
    return this.#take(this.#rest.length);
  }

  /** Reads a response whose body has a length, chunks, or none. */
  async response(hasBody = true): Promise<RawResponse> {
    const head = await this.until("\r\n\r\n");
    const lines = head.slice(0, -4).split("\r\n");
    const status = Number(lines[0]!.split(" ")[1]);
    if (!hasBody) return { status, lines, body: "" };
    const length = valueOf(lines, "content-length");
    if (length !== undefined) {
      return { status, lines, body: await this.bytes(Number(length)) };
    }
    if (valueOf(lines, "transfer-encoding") === undefined) {
      return { status, lines, body: await this.all() };
    }
    let body = "";
    for (;;) {
      const size = parseInt(await this.until("\r\n"), 16);
      body += (await this.bytes(size + 2)).slice(0, -2);
      if (size === 0) return { status, lines, body };
    }
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }

  #take(count: number): string {
    const taken = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    return taken;
  }

  async #more(): Promise<boolean> {
    const into = new Uint8Array(65_536);
    const count = await this.connection.read(into);
    if (count === null) return false;
    for (let at = 0; at < count; at += 8192) {
      this.#rest += String.fromCharCode(
        ...into.subarray(at, Math.min(count, at + 8192)),
      );
    }
    return true;
  }
}

/** The value of a header, if it is there. */
export function valueOf(
  lines: readonly string[],
  name: string,
): string | undefined {
  return lines.find((line) => line.toLowerCase().startsWith(`${name}: `))
    ?.slice(name.length + 2);
}

/** A server in memory, and the way to it. */
export interface Memory extends AsyncDisposable {
  readonly server: HttpServer;
  readonly events: HttpServerEvent[];
  /** Connects to it. */
  dial(options?: MemoryConnectOptions): Promise<Wire>;
}

/** Serves in memory, by the system's time unless another is given. */
export async function inMemory(
  handler: HttpHandler,
  options: ServeHttpOptions = {},
  memory: MemoryListenerOptions = {},
  time: Time = SYSTEM_TIME,
): Promise<Memory> {
  const listener = memoryListener(memory);
  const events: HttpServerEvent[] = [];
  const onEvent = (event: HttpServerEvent) => {
    events.push(event);
  };
  const server = await startHttpServer(
    listener,
    { onEvent, ...options },
    handler,
    time,
  );
  return {
    server,
    events,
    dial: async (faults) => new Wire(await listener.connect(faults)),
    async [Symbol.asyncDispose]() {
      await server.shutdown({ graceMs: 0 });
    },
  };
}

/** A server on TCP, and the way to it. */
export async function onTcp(
  handler: HttpHandler,
  options: ServeHttpOptions = {},
): Promise<Memory> {
  const events: HttpServerEvent[] = [];
  const onEvent = (event: HttpServerEvent) => {
    events.push(event);
  };
  const server = await serveHttp(
    "tcp://127.0.0.1:0",
    { onEvent, ...options },
    handler,
  );
  return {
    server,
    events,
    dial: async () => new Wire(await connectTcp(server.address)),
    async [Symbol.asyncDispose]() {
      await server.shutdown({ graceMs: 0 });
    },
  };
}

/** The heads of requests that tests send. */
export function get(target = "/", ...lines: string[]): string {
  return [`GET ${target} HTTP/1.1`, "Host: a.test", ...lines, "", ""]
    .join("\r\n");
}

/** A POST with a body of known length. */
export function post(body: string, ...lines: string[]): string {
  return [
    "POST / HTTP/1.1",
    "Host: a.test",
    `Content-Length: ${body.length}`,
    ...lines,
    "",
    body,
  ].join("\r\n");
}

/** The events of answers. */
export function answers(
  { events }: Memory,
): (HttpServerEvent & { type: "answered" })[] {
  return events.filter((event) => event.type === "answered");
}
