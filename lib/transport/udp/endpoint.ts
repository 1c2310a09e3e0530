/**
 * UDP on `Deno.listenDatagram`, which the runtime has only when it was started
 * with `--unstable-net`.
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "../../check.ts";
import { Address } from "../address.ts";
import type {
  DatagramEndpoint,
  DatagramEndpointOptions,
  MulticastMembership,
  MulticastOptions,
  ReceivedDatagram,
} from "../datagram_endpoint.ts";
import {
  canonicalIp,
  inZone,
  ipVersion,
  isLinkLocal,
  isLoopback,
  zoneOf,
} from "../ip.ts";
import { systemCode, translate } from "../os_error.ts";
import { linkInterfaces } from "./link_interfaces.ts";
import { joinMulticast } from "./multicast.ts";
import { systemDrops } from "./system_drops.ts";

// Linux sends to an IPv4 address from a dual-stack socket, and then a
// permission for that address suffices; elsewhere it has to be written as an
// IPv6 one.
const TAKES_IPV4_AS_IT_IS = Deno.build.os === "linux";

/**
 * Opens a UDP socket.
 *
 * @param on Where to receive; port 0 asks the system for one.
 * @param options Socket options.
 * @returns The endpoint, owned by the caller.
 * @throws {TypeError} If the runtime was started without `--unstable-net`.
 * @throws {ConnectionError} If the address is in use, not this machine's, or
 * not permitted.
 */
export function openUdp(
  on: Address,
  options: DatagramEndpointOptions = {},
): DatagramEndpoint {
  const { multicastLoopback = true, reuseAddress = false } = options;
  // The types always exist, the function does not.
  if (typeof Deno.listenDatagram !== "function") {
    throw new OptionTypeError({
      action: "bind",
      address: `${on}`,
      reason:
        'this runtime has UDP only when it is started with --unstable-net, or with "unstable": ["net"] in deno.json',
    });
  }
  try {
    const conn = Deno.listenDatagram({
      transport: "udp",
      hostname: canonicalIp(on.hostname),
      port: on.port,
      reuseAddress,
      loopback: multicastLoopback,
    });
    return new UdpEndpoint(conn, zoneOf(on.hostname));
  } catch (error) {
    throw translate(error, "bind", on);
  }
}

class UdpEndpoint implements DatagramEndpoint {
  readonly address: Address;
  readonly #conn: Deno.DatagramConn;
  // The interface that the socket is bound to, so that of all its peers.
  readonly #zone: string | undefined;
  readonly #onReceived = (
    received: [Uint8Array, Deno.Addr],
  ): ReceivedDatagram => ({
    // By index: destructuring would be the most expensive step here.
    bytes: received[0],
    from: this.#from(received[1] as Deno.NetAddr),
  });
  readonly #onFailure = (error: unknown): never => {
    throw translate(error, "receive on", this.address);
  };
  #closed = false;
  #lastDrops: number | undefined;
  // Most datagrams come from the same address as the one before.
  #lastFrom: Address | undefined;
  // And most go to the same address as the one before, which is checked
  // already.
  #lastTo: Address | undefined;

  constructor(conn: Deno.DatagramConn, zone: string | undefined) {
    const { hostname, port } = conn.addr as Deno.NetAddr;
    this.#conn = conn;
    this.#zone = zone;
    // The runtime shows link-local addresses without their interface.
    this.address = new Address("udp", inZone(hostname, zone), port);
  }

  resolve(to: Address): Address | Promise<Address> {
    if (to === this.#lastTo) return to;
    if (to.port === 0) {
      throw new OptionRangeError({
        action: "send to",
        address: `${to}`,
        reason: "port 0 is only for binding, the port must be from 1 to 65535",
      });
    }
    const hostname = inZone(
      this.#reachable(canonicalIp(to.hostname)),
      this.#zone,
    );
    if (ipVersion(hostname) === undefined) return this.#lookUp(to);
    this.#checkVersion(to, hostname);
    checkLink(to, hostname);
    if (hostname !== to.hostname) return new Address("udp", hostname, to.port);
    return this.#lastTo = to;
  }

  async send(bytes: Uint8Array, to: Address): Promise<void> {
    try {
      await this.#conn.send(bytes, this.#target(to));
    } catch (error) {
      throw this.#explain(error, bytes, to);
    }
  }

  receive(into: Uint8Array): Promise<ReceivedDatagram> {
    return this.#conn.receive(into).then(this.#onReceived, this.#onFailure);
  }

  joinMulticast(
    group: string,
    options: MulticastOptions,
  ): Promise<MulticastMembership> {
    return joinMulticast(this.#conn, this.address, group, options);
  }

  droppedBySystem(): number | undefined {
    return this.#closed ? this.#lastDrops : systemDrops(this.address);
  }

  close(): void {
    if (this.#closed) return;
    // The system forgets the count with the socket.
    this.#lastDrops = systemDrops(this.address);
    this.#closed = true;
    this.#conn.close();
  }

  get #isDual(): boolean {
    return this.address.hostname === "::";
  }

  #from({ hostname, port }: Deno.NetAddr): Address {
    const last = this.#lastFrom;
    if (last?.port === port && last.hostname === hostname) return last;
    const plain = hostname.startsWith("::ffff:")
      ? canonicalIp(hostname)
      : inZone(hostname, this.#zone);
    return this.#lastFrom = new Address("udp", plain, port);
  }

  #target(to: Address): Deno.NetAddr {
    const isMapped = this.#isDual && !TAKES_IPV4_AS_IT_IS &&
      ipVersion(to.hostname) === 4;
    return isMapped
      ? {
        transport: "udp",
        hostname: `::ffff:${to.hostname}`,
        port: to.port,
      }
      : to as Deno.NetAddr;
  }

  /** "Every interface" is for binding. For sending it means this machine. */
  #reachable(hostname: string): string {
    if (hostname === "0.0.0.0") return "127.0.0.1";
    if (hostname !== "::") return hostname;
    const isIpv6Only = !this.#isDual && ipVersion(this.address.hostname) === 6;
    return isIpv6Only ? "::1" : "127.0.0.1";
  }

  #checkVersion(to: Address, hostname: string): void {
    const own = ipVersion(this.address.hostname);
    const version = ipVersion(hostname);
    if (this.#isDual || version === own) return;
    throw new OptionTypeError({
      action: "send to",
      address: `${to} over IPv${version}`,
      reason: `the socket is bound to ${this.address}, which is IPv${own}`,
      advice: `bind it to "udp://[::]:${this.address.port}" for both`,
    });
  }

  /**
   * Looks up a name here and not in `send`, which takes the first address even
   * if its IP version is not the socket's.
   */
  async #lookUp(to: Address): Promise<Address> {
    const { lookup } = await import("node:dns/promises");
    const family = this.#isDual ? 0 : ipVersion(this.address.hostname)!;
    try {
      const { address } = await lookup(to.hostname, { family });
      return new Address("udp", canonicalIp(address), to.port);
    } catch (error) {
      throw unresolved(error, to, family);
    }
  }

  /** Explains a failure that the socket's own address causes. */
  #explain(error: unknown, bytes: Uint8Array, to: Address): Error {
    const code = systemCode(error);
    if (code === "EMSGSIZE") {
      return translate(error, "send to", to, {
        code: "failed",
        reason: `the path allows no datagram of ${bytes.length} bytes`,
      });
    }
    const isOutside = isLoopback(this.address.hostname) &&
      !isLoopback(to.hostname);
    if (isOutside && (code === "EINVAL" || code === "ENETUNREACH")) {
      return translate(error, "send to", to, {
        code: "unreachable",
        reason:
          `the socket is bound to ${this.address}, which reaches this machine only`,
      });
    }
    return translate(error, "send to", to);
  }
}

/** Refuses what would leave by any of several interfaces. */
function checkLink(to: Address, hostname: string): void {
  if (!isLinkLocal(hostname) || zoneOf(hostname) !== undefined) return;
  const interfaces = linkInterfaces() ?? [];
  if (interfaces.length < 2) return;
  throw new OptionTypeError({
    action: "send to",
    address: `${to}`,
    reason: `a link-local address needs its interface, and this machine has ${
      interfaces.join(", ")
    }`,
    advice: `bind the socket to an address of one, as in "udp://[fe80::1%${
      interfaces[0]
    }]:${to.port}", or write it into this address`,
  });
}

function unresolved(error: unknown, to: Address, family: number): Error {
  switch (systemCode(error)) {
    // The code of node:dns for a missing permission.
    case "EPERM":
      return translate(error, "send to", to, {
        code: "permission_denied",
        reason: `it requires net access to "${to.hostname}"`,
        advice: "run again with the --allow-net flag",
      });
    case "ENOTFOUND": {
      const version = family === 0 ? "" : ` for IPv${family}`;
      const reason = `there is no such host name${version}`;
      return translate(error, "send to", to, { reason });
    }
    default:
      return translate(error, "send to", to, { code: "unresolved" });
  }
}
