/**
 * A host and a port, as `connectTcp`, `listenTcp` and their like for TLS take
 * them.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import { Address, parseAddress, type Transport } from "../address.ts";

/** A host and a port. */
export interface HostPort {
  /** Host name or IP address; `"::"` is every interface, IPv4 and IPv6. */
  readonly hostname: string;
  /** Port, 0 to 65535; listening on 0 asks the system for one. */
  readonly port: number;
}

/**
 * Gives the address that is meant.
 *
 * @param transport The transport of the function that is called.
 * @param where An address as a string or an object, or a host and a port. A
 * string without a scheme is of this transport.
 * @returns The address, of this transport.
 * @throws {TypeError} If it is invalid, or of another transport.
 * @throws {RangeError} If the port is out of range.
 */
export function hostAddress(
  transport: Transport,
  where: string | HostPort,
): Address {
  if (typeof where !== "string") {
    return new Address(transport, where.hostname, where.port);
  }
  const { hostname, port, transport: given } = parseAddress(where);
  const isShort = !/^[a-z+.-]+:\/\//i.test(where);
  if (given === transport || (isShort && given === "tcp")) {
    return new Address(transport, hostname, port);
  }
  throw new OptionTypeError({
    action: "use",
    address: where,
    reason: `it must be an address of ${transport}`,
    advice: "dial and listen take addresses of any kind",
  });
}
