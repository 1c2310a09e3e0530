/**
 * Where datagrams can go, and how large they can be there.
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "../../check.ts";
import { within } from "../../time/within.ts";
import { type Address, parseAddress } from "../../transport/address.ts";
import {
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
} from "../../transport/datagram_endpoint.ts";
import { ipVersion, isMulticast } from "../../transport/ip.ts";

/**
 * How long a peer may be quiet unless something else is said: one minute, longer than
 * most routers remember a peer.
 */
export const DEFAULT_PEER_TIMEOUT_MS: number = 60_000;

/**
 * Reads an address for UDP.
 *
 * @param address An address; the short forms of a string mean UDP here.
 * @param action What it is wanted for, for the error.
 * @throws {TypeError} If it is invalid, or one of another transport.
 */
export function parseUdpAddress(
  address: string | Address,
  action: string,
): Address {
  const parsed = typeof address === "string"
    // In the short forms it is this function that says which transport is meant.
    ? parseAddress(
      /^(?:unix:|[^:/]+:\/\/)/.test(address) ? address : `udp://${address}`,
    )
    : address;
  if (parsed.transport === "udp") return parsed;
  throw new OptionTypeError({
    action,
    address: String(parsed),
    reason: 'datagrams need an address such as "udp://127.0.0.1:9001"',
  });
}

/**
 * Refuses before sending what the system would refuse with less to say.
 *
 * @param to Where it goes.
 * @throws {RangeError} If no datagram of that IP version can hold them.
 */
export function checkFits(bytes: Uint8Array, to: Address): void {
  if (bytes.length <= MAX_IPV4_DATAGRAM_BYTES) return;
  const version = ipVersion(to.hostname);
  const limit = version === 4
    ? MAX_IPV4_DATAGRAM_BYTES
    : MAX_IPV6_DATAGRAM_BYTES;
  if (bytes.length <= limit) return;
  throw new OptionRangeError({
    action: `send a datagram of ${bytes.length} bytes to`,
    address: String(to),
    reason: `over IPv${version} it can hold ${limit} bytes at most`,
  });
}

/**
 * Refuses to request something of many at once.
 *
 * @param to Where the request is to go.
 * @throws {TypeError} If it is a broadcast address or a group.
 */
export function checkSingle(to: Address): void {
  if (to.hostname !== "255.255.255.255" && !isMulticast(to.hostname)) return;
  throw new OptionTypeError({
    action: "send a request to",
    address: String(to),
    reason: "many may reply, each from an address of its own",
    advice: "use send, and receive the replies",
  });
}

/**
 * Looks a name up no longer than a signal says.
 *
 * @param found From {@linkcode DatagramSender.target}.
 * @returns What was found.
 * @throws {unknown} The signal's reason, or why nothing was found.
 */
export async function foundWithin(
  found: Promise<Address>,
  signal: AbortSignal | undefined,
): Promise<Address> {
  const limit = within(Infinity, signal, () => undefined);
  try {
    return await limit.race(found);
  } finally {
    limit.clear();
  }
}
