/**
 * The addresses of packets, made of those in a recording. Where a recording has no IP
 * address, as for Unix sockets and names, one is made up.
 *
 * @module
 */

import { ipBytes, ipVersion } from "../../transport/ip.ts";
import type { PacketEnd } from "./ip_packet.ts";

/** Both ends of a flow, and what it carries. */
export interface Flow {
  readonly client: PacketEnd;
  readonly server: PacketEnd;
  readonly isUdp: boolean;
}

const LOOPBACK = [127, 0, 0, 1];
// RFC 5737: addresses for documentation, which no machine has.
const NAMED_SERVER = [192, 0, 2, 1];
const FIRST_CLIENT_PORT = 20_000;
const CLIENT_PORTS = 40_000;
const UNKNOWN_SERVER_PORT = 10_000;

/**
 * Finds the ends of a connection.
 *
 * @param connection Its number, which gives the client a port if it has none.
 * @param peer The client's address as the recording has it.
 * @param target The server's address.
 */
export function flowOf(
  connection: number,
  peer: string | undefined,
  target: string | undefined,
): Flow {
  const client = endOf(peer);
  const server = endOf(target);
  const madeUp = FIRST_CLIENT_PORT + connection % CLIENT_PORTS;
  const isIpv6 = [client, server].some((end) => end?.ip.length === 16);
  return {
    client: {
      ip: mapped(client?.ip ?? LOOPBACK, isIpv6),
      port: client?.port || madeUp,
    },
    server: {
      ip: mapped(server?.ip ?? LOOPBACK, isIpv6),
      port: server?.port || UNKNOWN_SERVER_PORT,
    },
    isUdp: [peer, target].some((text) => text?.startsWith("udp:") === true),
  };
}

/** `undefined` if the address has neither a host nor a port. */
function endOf(address: string | undefined): PacketEnd | undefined {
  const [, bracketed, plain, port] =
    /^[a-z]+:\/\/(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(address ?? "") ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return undefined;
  const isName = ipVersion(host) === undefined && host !== "localhost";
  const known = ipBytes(host) ?? (isName ? NAMED_SERVER : LOOPBACK);
  return { ip: known, port: Number(port) };
}

/** As IPv6 sockets show IPv4 peers: `::ffff:192.0.2.1`. */
function mapped(ip: readonly number[], isIpv6: boolean): readonly number[] {
  if (!isIpv6 || ip.length === 16) return ip;
  return [...Array<number>(10).fill(0), 0xff, 0xff, ...ip];
}
