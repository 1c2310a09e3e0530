/**
 * The information on the wire about a request that a `Request` does not hold.
 *
 * @module
 */

import type { Address } from "../../../transport/address.ts";
import { OptionTypeError } from "../../../check.ts";
import { membersOf } from "../../wire/fields.ts";
import {
  SwitchingResponse,
  type TakeConnection,
} from "../response/switching_response.ts";
import { bytesOf } from "../../wire/characters.ts";
import type {
  HeaderField,
  HttpVersion,
  RequestHead,
} from "../../wire/events.ts";

/** The information about a request that a `Request` does not hold. */
export interface HttpRequestInfo {
  /**
   * The client's address; with the PROXY protocol, that of the proxy's client.
   */
  readonly remoteAddress: Address;
  /** The address that it arrived at. */
  readonly localAddress: Address;
  /** Which request of its connection it is, from 1. */
  readonly ordinal: number;
  /** The target as it was written in the request line. */
  readonly target: string;
  /** The client's version. */
  readonly version: HttpVersion;
  /** The header fields as they were written, in their order. */
  readonly headers: readonly HeaderField[];
  /**
   * The head byte for byte, with the empty line. Each access makes a new array.
   */
  readonly headBytes: Uint8Array;

  /**
   * Agrees to speak another protocol over this connection (RFC 9110 section
   * 7.8). Return the response from the handler.
   *
   * @param protocol The protocol, such as `"websocket"`, as the client asked
   * for it in its field `Upgrade`.
   * @param take Takes over the connection once the response was sent. It owns
   * the connection until its promise settles.
   * @param headers Further fields of the response.
   * @returns The response, of status 101.
   * @throws {TypeError} If the client did not ask for the protocol: answer with
   * 426 instead.
   *
   * @example A protocol that sends everything back
   * ```ts
   * import { serveHttp } from "@parley/parley/http";
   * import { connectTcp } from "@parley/parley/tcp";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = await serveHttp(
   *   "tcp://127.0.0.1:0",
   *   {},
   *   (_request, info) =>
   *     info.upgrade("echo", async (connection) => {
   *       const into = new Uint8Array(1000);
   *       const count = await connection.read(into);
   *       await connection.write(into.subarray(0, count ?? 0));
   *     }),
   * );
   * const client = await connectTcp(server.address);
   * const lines = ["GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: echo"];
   * await client.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\nhello`));
   * let answer = "";
   * for (const into = new Uint8Array(1000);;) {
   *   const count = await client.read(into);
   *   if (count === null) break;
   *   answer += new TextDecoder().decode(into.subarray(0, count));
   * }
   * client.close();
   * assertEquals(answer.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), true);
   * assertEquals(answer.endsWith("\r\n\r\nhello"), true);
   * ```
   */
  upgrade(
    protocol: string,
    take: TakeConnection,
    headers?: HeadersInit,
  ): Response;
}

/** Where a request came from. */
export interface RequestOrigin {
  readonly remoteAddress: Address;
  readonly localAddress: Address;
}

/** The information about one request. */
export class RequestInfo implements HttpRequestInfo {
  readonly remoteAddress: Address;
  readonly localAddress: Address;
  readonly ordinal: number;
  readonly target: string;
  readonly version: HttpVersion;
  readonly headers: readonly HeaderField[];
  // A text and not a view, which would keep the receive buffer.
  readonly #headText: string;

  constructor(
    { localAddress, remoteAddress }: RequestOrigin,
    { headers, target, version }: RequestHead,
    { headText }: { readonly headText: string },
    ordinal: number,
  ) {
    this.remoteAddress = remoteAddress;
    this.localAddress = localAddress;
    this.ordinal = ordinal;
    this.target = target;
    this.version = version;
    this.headers = headers;
    this.#headText = headText;
  }

  get headBytes(): Uint8Array {
    return bytesOf(this.#headText);
  }

  upgrade(
    protocol: string,
    take: TakeConnection,
    headers?: HeadersInit,
  ): Response {
    if (!asksFor(this.headers, protocol)) {
      throw new OptionTypeError({
        action: `switch to the protocol ${JSON.stringify(protocol)}`,
        reason: "the client did not ask for it",
        advice: "answer with status 426",
      });
    }
    const fields = new Headers(headers);
    fields.set("connection", "upgrade");
    fields.set("upgrade", protocol);
    return new SwitchingResponse(101, fields, take);
  }
}

/**
 * Whether one of the fields `Upgrade` names a protocol; case does not matter.
 */
function asksFor(headers: readonly HeaderField[], protocol: string): boolean {
  const wanted = protocol.toLowerCase();
  return headers.some(([name, value]) =>
    name.toLowerCase() === "upgrade" &&
    membersOf(value.toLowerCase()).includes(wanted)
  );
}
