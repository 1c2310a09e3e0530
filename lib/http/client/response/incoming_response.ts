/**
 * A response, as the web's `Response` with what only the wire shows.
 *
 * @module
 */

import type {
  HeaderField,
  HttpVersion,
  StatusHead,
} from "../../wire/events.ts";
import type { Forgiven } from "../../wire/http_limits.ts";

/** Where a response comes from. */
export interface ResponseOrigin {
  /** Its head. */
  readonly head: StatusHead;
  /** The URL that it answers, without a fragment. */
  readonly url: string;
  /** Whether another URL led to that one. */
  readonly redirected: boolean;
  /** Returns the fields after the body. */
  readonly trailers: () => readonly HeaderField[];
  /** Faults that were accepted; grows until the end of the body. */
  readonly forgiven: readonly Forgiven[];
  /** Codings of the body that could not be undone. */
  readonly undecoded: readonly string[];
}

/**
 * The response to a request.
 *
 * Read the body to its end or cancel it: until then the connection may be in
 * use.
 */
export class IncomingResponse extends Response {
  readonly #origin: ResponseOrigin;

  /**
   * Makes a response of what came.
   *
   * @param body The body, or `null` if there is none.
   * @param headers Its header fields, as they are after decompressing.
   * @param origin Where it comes from.
   */
  constructor(
    body: ReadableStream<Uint8Array> | Uint8Array | null,
    headers: readonly HeaderField[] | Headers,
    origin: ResponseOrigin,
  ) {
    const { reason, status } = origin.head;
    // The platform has no place for the others, which count as 5xx.
    const known = status > 599 ? 500 : status < 200 ? 200 : status;
    super(body as BodyInit | null, { status: known, statusText: reason });
    // Three times as fast as giving them to the constructor.
    for (const [name, value] of headers) this.headers.append(name, value);
    this.#origin = origin;
  }

  /** The URL that it answers, after redirects and without a fragment. */
  override get url(): string {
    return this.#origin.url;
  }

  /** Whether a redirect led to it. */
  override get redirected(): boolean {
    return this.#origin.redirected;
  }

  /**
   * The status, 200 to 599, or 101 of an upgrade; up to 999 from a server that breaks the rules,
   * which must be treated as 5xx (RFC 9110 section 15).
   */
  override get status(): number {
    return this.#origin.head.status;
  }

  /** The version that the server speaks. */
  get version(): HttpVersion {
    return this.#origin.head.version;
  }

  /**
   * The header fields as they were on the wire: names as they are written, in
   * their order, with those that decompressing takes out of `headers`.
   */
  get fields(): readonly HeaderField[] {
    return this.#origin.head.headers;
  }

  /**
   * Faults that were accepted because of
   * {@linkcode HttpResponseReadOptions.lenient}. The list grows until the body
   * was read.
   */
  get forgiven(): readonly Forgiven[] {
    return this.#origin.forgiven;
  }

  /**
   * Codings of the body that could not be undone, such as `zstd`, although that
   * was asked for: then the body is still compressed.
   */
  get undecoded(): readonly string[] {
    return this.#origin.undecoded;
  }

  /** The fields after a chunked body; empty until it was read. */
  get trailers(): readonly HeaderField[] {
    return this.#origin.trailers();
  }

  /**
   * Makes a second one with the same body.
   *
   * @returns The copy. Read or cancel both bodies.
   * @throws {TypeError} If the body is being read already.
   */
  override clone(): IncomingResponse {
    const { body, headers } = super.clone();
    return new IncomingResponse(body, headers, this.#origin);
  }
}
