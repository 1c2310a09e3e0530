/**
 * Under which addresses other machines reach a server.
 *
 * @module
 */

import { Address } from "../../mod.ts";
import type { NetworkInterface } from "../terminal/terminal.ts";

/** An address that another machine can use. */
export interface Reachable {
  /** The address. */
  readonly address: Address;
  /** Name of the interface that has it. */
  readonly via: string;
}

/**
 * Finds the addresses that other machines can use, where the address that is
 * listened on does not say it: one of every interface, or of a name.
 *
 * @param asked The address on the command line.
 * @param bound The address that it came to.
 * @param interfaces The machine's interfaces.
 * @returns The addresses; none where the address says it already.
 */
export function reachableAt(
  asked: Address,
  bound: Address,
  interfaces: readonly NetworkInterface[],
): Reachable[] {
  const { hostname, port, transport } = bound;
  const isAll = hostname === "::" || hostname === "0.0.0.0";
  if (!isAll && !isName(asked.hostname)) return [];
  return interfaces.filter(({ address, family }) => {
    if (!isOthers(address)) return false;
    if (!isAll) return address === hostname;
    return hostname === "::" || family === "IPv4";
  }).map(({ address, name }) => ({
    address: new Address(transport, address, port),
    via: name,
  }));
}

/**
 * Tells whether a name led to this machine's own address, as it often does: then
 * nobody else can reach it.
 *
 * @param asked The address on the command line.
 * @param bound The address that it came to.
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
 * Neither this machine's own, nor one that the other machine would have to
 * complete by the name of its own interface.
 */
function isOthers(ip: string): boolean {
  return !isLoopback(ip) && !/^fe[89ab]/i.test(ip) &&
    !ip.startsWith("169.254.");
}
