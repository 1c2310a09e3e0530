/**
 * Multicast on a datagram socket of the runtime.
 *
 * @module
 */

import { checkInteger, OptionTypeError } from "../../check.ts";
import type { Address } from "../address.ts";
import type {
  MulticastMembership,
  MulticastOptions,
} from "../datagram_endpoint.ts";
import { canonicalIp, ipVersion, isMulticast } from "../ip.ts";
import { systemCode, translate } from "../os_error.ts";

type Membership =
  | Deno.MulticastV4Membership
  | Deno.MulticastV6Membership;

/**
 * Joins a group.
 *
 * @param bound The address that it is bound to.
 * @param group The group's IP address.
 * @param options The interface, and the TTL of sent datagrams.
 * @throws {TypeError} If the address is not a multicast address, or of the
 * wrong IP version.
 * @throws {RangeError} If an option is out of its range.
 * @throws {ConnectionError} If the system refuses.
 */
export async function joinMulticast(
  conn: Deno.DatagramConn,
  bound: Address,
  group: string,
  options: MulticastOptions,
): Promise<MulticastMembership> {
  const { interfaceAddress = "0.0.0.0", interfaceIndex = 0, ttl } = options;
  const address = checkGroup(group, bound);
  checkInterface(interfaceAddress, interfaceIndex);
  if (ttl !== undefined) checkTtl(address, ttl);
  try {
    const membership = ipVersion(address) === 4
      ? await conn.joinMulticastV4(address, interfaceAddress)
      : await conn.joinMulticastV6(address, interfaceIndex);
    const joined = new UdpMembership(address, membership, bound);
    if (ttl !== undefined) await joined.setTtl(ttl);
    return joined;
  } catch (error) {
    throw notJoined(error, address, bound, options);
  }
}

/**
 * The error for a failed join: the system's text lacks interface and reason.
 */
function notJoined(
  error: unknown,
  group: string,
  bound: Address,
  { interfaceAddress = "0.0.0.0", interfaceIndex = 0 }: MulticastOptions,
): Error {
  const code = systemCode(error);
  const action = `join multicast group ${group} on`;
  const failed = (reason: string) =>
    translate(error, action, bound, { code: "failed", reason });
  if (code === "EADDRINUSE") return failed("it has joined it already");
  if (code === "ENODEV") {
    const isIpv4 = ipVersion(group) === 4;
    if (isIpv4 ? interfaceAddress === "0.0.0.0" : interfaceIndex === 0) {
      return failed("no interface leads to groups, so one must be named");
    }
    return failed(
      isIpv4
        ? `no interface of this machine has the address ${interfaceAddress}`
        : `this machine has no interface ${interfaceIndex}`,
    );
  }
  return translate(error, action, bound);
}

class UdpMembership implements MulticastMembership {
  readonly group: string;
  readonly #membership: Membership;
  readonly #bound: Address;
  #left: Promise<void> | undefined;

  constructor(group: string, membership: Membership, bound: Address) {
    this.group = group;
    this.#membership = membership;
    this.#bound = bound;
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async setLoopback(isOn: boolean): Promise<void> {
    await this.#told("loopback", this.#membership.setLoopback(isOn));
  }

  async setTtl(ttl: number): Promise<void> {
    checkTtl(this.group, ttl);
    const { setTTL } = this.#membership as Deno.MulticastV4Membership;
    await this.#told("TTL", setTTL(ttl));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  async #leave(): Promise<void> {
    try {
      await this.#membership.leave();
    } catch (error) {
      // A socket that is closed has left all its groups.
      if (error instanceof Deno.errors.BadResource) return;
      throw translate(
        error,
        `leave multicast group ${this.group} on`,
        this.#bound,
      );
    }
  }

  async #told(what: string, told: Promise<void>): Promise<void> {
    try {
      await told;
    } catch (error) {
      throw translate(error, `set the multicast ${what} of`, this.#bound);
    }
  }
}

function checkGroup(group: string, bound: Address): string {
  const address = canonicalIp(group.replace(/^\[(.+)\]$/, "$1"));
  const version = ipVersion(address);
  if (version === undefined || !isMulticast(address)) {
    throw new OptionTypeError({
      action: `join "${group}"`,
      reason:
        "it is not a multicast address, which is from 224.0.0.0 to 239.255.255.255 or begins with ff for IPv6",
    });
  }
  // A dual-stack socket joins groups of both versions.
  const isDual = bound.hostname === "::";
  if (!isDual && version !== ipVersion(bound.hostname)) {
    throw new OptionTypeError({
      action: `join "${group}" on`,
      address: `${bound}`,
      reason: "the socket speaks the other version of IP",
      advice: `bind it to "udp://[::]:${bound.port}" for both`,
    });
  }
  return address;
}

function checkInterface(address: string, index: number): void {
  checkInteger("interfaceIndex", index, 0);
  if (ipVersion(address) !== 4) {
    throw new OptionTypeError({
      action: "use",
      option: "interfaceAddress",
      value: address,
      reason: "it must be an IPv4 address of this machine",
    });
  }
}

function checkTtl(group: string, ttl: number): void {
  if (ipVersion(group) === 6) {
    throw new OptionTypeError({
      action: `set the TTL for "${group}"`,
      reason: "the runtime has no such setting for IPv6",
    });
  }
  checkInteger("ttl", ttl, 0, 255);
}
