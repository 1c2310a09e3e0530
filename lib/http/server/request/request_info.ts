/**
 * What the wire said of a request beyond what a `Request` tells.
 *
 * @module
 */

import type { Address } from "../../../transport/address.ts";
import { bytesOf } from "../../wire/characters.ts";
import type {
  HeaderField,
  HttpVersion,
  RequestHead,
} from "../../wire/events.ts";

/** What is known of a request beyond what a `Request` tells. */
export interface HttpRequestInfo {
  /** Who asked; behind a proxy that tells, its client. */
  readonly remoteAddress: Address;
  /** Where it arrived. */
  readonly localAddress: Address;
  /** Which request of its connection it is, from 1. */
  readonly ordinal: number;
  /** The target as it was written in the request line. */
  readonly target: string;
  /** The version of who asked. */
  readonly version: HttpVersion;
  /** The header fields as they were written, in their order. */
  readonly headers: readonly HeaderField[];
  /** The head byte for byte, with the empty line. Each look makes a new array. */
  readonly headBytes: Uint8Array;
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
    headText: string,
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
}
