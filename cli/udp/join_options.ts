/**
 * The server's options for multicast groups.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import type { MulticastOptions } from "../../lib/session/datagrams/mod.ts";
import { UsageError } from "../output/failure.ts";
import { about, optional } from "../arguments/option.ts";

/** The options. */
export const JOIN_OPTIONS = about({
  subject: "multicast by UDP",
  appliesTo: ["datagrams"],
}, {
  "join": optional(
    "GROUP,...",
    parseGroups,
    "also receives datagrams to these multicast groups, such as 239.1.2.3; other programs can share the port",
    { usual: true },
  ),
  "interface": optional(
    "ADDRESS",
    parseInterface,
    "the interface that joins: its IPv4 address, or its number for groups of IPv6; the system's choice unless given",
  ),
});

/** What was asked for. */
export interface JoinValues {
  readonly join: readonly string[] | undefined;
  readonly interface: MulticastOptions | undefined;
}

/**
 * Refuses to join where nothing would be received, or nothing be joined.
 *
 * @param addresses Where the server listens.
 * @param values What was asked for.
 * @throws {UsageError} If it cannot be.
 */
export function checkJoin(
  addresses: readonly Address[],
  { join, interface: on }: JoinValues,
): void {
  if (join === undefined) {
    if (on === undefined) return;
    throw new UsageError(
      "--interface is for --join; write for example: --join 239.1.2.3 --interface 192.168.1.5",
    );
  }
  const udp = addresses.filter(({ transport }) => transport === "udp");
  // What is sent to a group is not sent to the one address that is bound.
  const single = udp.find(({ hostname }) =>
    !/^(0\.0\.0\.0|::)$/.test(hostname)
  );
  if (single !== undefined) {
    throw new UsageError(
      `--join needs every interface to be listened on, and ${single} would receive nothing that is sent to a group; write udp://0.0.0.0:${single.port}`,
    );
  }
  for (const group of join) checkInterface(group, on);
}

function checkInterface(group: string, on: MulticastOptions | undefined): void {
  const isIpv6 = group.includes(":");
  if (isIpv6 && on?.interfaceAddress !== undefined) {
    throw new UsageError(
      `--interface ${on.interfaceAddress} is for groups of IPv4; give ${group} the interface's number, as "ip link" shows it`,
    );
  }
  if (!isIpv6 && on?.interfaceIndex !== undefined) {
    throw new UsageError(
      `--interface ${on.interfaceIndex} is for groups of IPv6; give ${group} the interface's own IPv4 address`,
    );
  }
}

function parseGroups(text: string): readonly string[] {
  return text.split(",").map((group) => group.trim());
}

function parseInterface(text: string): MulticastOptions {
  if (/^\d+$/.test(text)) return { interfaceIndex: Number(text) };
  if (/^\d+(\.\d+){3}$/.test(text)) return { interfaceAddress: text };
  throw new UsageError(
    `"${text}" is neither an IPv4 address, such as 192.168.1.5, nor a number, as "ip link" shows it`,
  );
}
