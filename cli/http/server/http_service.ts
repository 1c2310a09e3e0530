/**
 * What the services of `parley-server http` know of a request besides the
 * request itself.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";

/** The part of the library's information that they look at. */
export interface RequestDetails {
  /** The peer. */
  readonly remoteAddress: Address;
  /** Where the peer connected to. */
  readonly localAddress: Address;
  /** Which request of its connection it is, from 1. */
  readonly ordinal: number;
  /** The target as it was written in the request line. */
  readonly target: string;
  /** The request's head, byte for byte, with the empty line. */
  readonly headBytes: Uint8Array;
}

/** A function that answers requests. */
export type HttpService = (
  request: Request,
  details: RequestDetails,
) => Promise<Response>;
