/**
 * The client's options for UDP to many machines at once: broadcast and multicast
 * groups.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { UsageError } from "../output/failure.ts";
import type { Section } from "../manual/manual.ts";
import { flag, optional } from "../arguments/option.ts";

/** The options. */
export const GROUP_OPTIONS = {
  "broadcast": flag(
    "the address is a broadcast address, such as 192.168.1.255",
    { usual: true },
  ),
  "ttl": optional(
    "N",
    parseTtl,
    "how many routers a message to a group of IPv4 may pass, 0 to 255; 1 unless given",
  ),
  "no-loopback": flag(
    "a message to a group is not delivered on this machine",
  ),
  "interface": optional(
    "ADDRESS",
    parseInterface,
    "sends to groups from the interface with this IP address, instead of the system's choice",
    { usual: true },
  ),
} as const;

/** What it means to ask many, for `--help`. */
export const GROUP_SECTION: Section = {
  title: "Asking many at once",
  rows: [
    ["udp://239.1.2.3:PORT", "a multicast group: all machines that joined it"],
    ["udp://255.255.255.255:PORT", "every machine in this network"],
    ["--broadcast", "every machine in the network of the address"],
    [
      "",
      "Every reply within --timeout is shown, and its sender on standard error. Without a reply the message is sent again, as often as --attempts says.",
    ],
  ],
};

/**
 * Tells whether an address means many machines.
 *
 * @param given The options that were given.
 * @returns Whether many may reply, each from an address of its own.
 */
export function isForMany(
  address: Address,
  given: ReadonlySet<string>,
): boolean {
  return address.hostname === "255.255.255.255" || isGroup(address) ||
    given.has("broadcast");
}

/**
 * Refuses options for groups where the address is not a group.
 *
 * @param given The options that were given.
 * @param from The value of `--interface`.
 * @throws {UsageError} If one does not go with the address.
 */
export function checkGroup(
  address: Address,
  given: ReadonlySet<string>,
  from: string | undefined,
): void {
  if (address.transport !== "udp") return;
  const isIpv6 = address.hostname.includes(":");
  const isIpv4 = /^[\d.]+$/.test(address.hostname);
  if (from !== undefined && (from.includes(":") ? isIpv4 : isIpv6)) {
    throw new UsageError(
      `--interface ${from} and ${address} are of different versions of IP; write an address of the same`,
    );
  }
  if (given.has("broadcast") && (isIpv6 || isGroup(address))) {
    throw new UsageError(
      `--broadcast is for an address of IPv4 such as 192.168.1.255, and ${address} is ${
        isGroup(address)
          ? "a group"
          : "one of IPv6, use a group such as [ff02::1]"
      }; leave it out`,
    );
  }
  if (given.has("ttl") && (isIpv6 || !isGroup(address))) {
    throw new UsageError(
      `--ttl is for a group of IPv4, and ${address} is not one; write for example udp://239.1.2.3:9001, or leave it out`,
    );
  }
  if (given.has("no-loopback") && !isGroup(address)) {
    throw new UsageError(
      `--no-loopback is for a group, and ${address} is not one; write for example udp://239.1.2.3:9001, or leave it out`,
    );
  }
}

function isGroup({ hostname }: Address): boolean {
  if (hostname.includes(":")) return hostname.startsWith("ff");
  const first = /^(\d+)\.\d+\.\d+\.\d+$/.exec(hostname)?.[1];
  return Number(first) >= 224 && Number(first) <= 239;
}

function parseTtl(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return Number(text);
  throw new UsageError(`"${text}" is not a whole number from 0 to 255`);
}

function parseInterface(text: string): string {
  const address = text.replace(/^\[(.+)\]$/, "$1");
  if (/^\d+(\.\d+){3}$/.test(address) || address.includes(":")) return address;
  throw new UsageError(
    `"${text}" is not an IP address; write one of this machine's own, such as 192.168.1.5`,
  );
}
