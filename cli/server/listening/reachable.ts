/**
 * Finds the addresses under which other machines reach a server.
 *
 * @module
 */

import { Address } from "../../../lib/start.ts";
import type { NetworkInterface } from "../../terminal/terminal.ts";

/** An address that another machine can use. */
export interface Reachable {
  /** The address. */
  readonly address: Address;
  /** Name of the interface that has it. */
  readonly via: string;
}

/**
 * Finds the addresses that other machines can use, if the server listens on
 * every interface or on a name.
 *
 * @param asked The address on the command line.
 * @param bound The address that it was resolved to.
 * @param interfaces Asks the system for them, which is only done if it matters.
 * @returns The addresses; none if the address itself is one.
 */
export function reachableAt(
  asked: Address,
  bound: Address,
  interfaces: () => readonly NetworkInterface[],
): Reachable[] {
  const { hostname, port, transport } = bound;
  const isAll = isEveryInterface(bound);
  if (!isAll && !isName(asked.hostname)) return [];
  return interfaces().filter(({ address, family }) => {
    if (!isOthers(address)) return false;
    if (!isAll) return address === hostname;
    return hostname === "::" || family === "IPv4";
  }).map(({ address, name }) => ({
    address: new Address(transport, address, port),
    via: name,
  }));
}

/** Whether a server listens on every interface. */
export function isEveryInterface({ hostname }: Address): boolean {
  return hostname === "::" || hostname === "0.0.0.0";
}

/**
 * Tells whether a name was resolved to loopback, as it often is: then other
 * machines cannot connect.
 *
 * @param asked The address on the command line.
 * @param bound The address that it was resolved to.
 * @returns Whether it did, unless that is what the name is for.
 */
export function isNameOfLoopback(asked: Address, bound: Address): boolean {
  return isName(asked.hostname) && asked.hostname !== "localhost" &&
    isLoopback(bound.hostname);
}

function isName(hostname: string): boolean {
  return hostname !== "" && !hostname.includes(":") &&
    !/^[\d.]+$/.test(hostname);
}

function isLoopback(ip: string): boolean {
  return ip === "::1" || ip.startsWith("127.");
}

/**
 * Whether another machine can use an address: not loopback, and not link-local,
 * which needs the name of the other machine's interface.
 */
function isOthers(ip: string): boolean {
  return !isLoopback(ip) && !/^fe[89ab]/i.test(ip) &&
    !ip.startsWith("169.254.");
}
