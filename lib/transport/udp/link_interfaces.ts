/**
 * The interfaces of this machine that have a link-local address.
 *
 * A link-local address such as `fe80::1` means another machine on each of them.
 * Linux lists them in `/proc/net/if_inet6`. The runtime lets a program read files
 * there only if it has all permissions.
 *
 * @module
 */

import { isLinkLocal } from "../ip.ts";

const TABLE = "/proc/net/if_inet6";

/**
 * Lists the interfaces with a link-local address.
 *
 * @returns Their names, or `undefined` if the system or the permissions do not
 * allow to find out.
 */
export function linkInterfaces(): string[] | undefined {
  const read = { name: "read", path: TABLE } as const;
  if (Deno.build.os !== "linux") return undefined;
  if (Deno.permissions.querySync(read).state !== "granted") return undefined;
  try {
    return interfacesIn(Deno.readTextFileSync(TABLE));
  } catch {
    // No IPv6 on this machine, or no /proc.
    return undefined;
  }
}

/**
 * Reads the system's table of IPv6 addresses.
 *
 * @param table One line for each address: 32 digits, then columns, the interface
 * last.
 * @returns The interfaces that have a link-local address, each once.
 */
export function interfacesIn(table: string): string[] {
  const names = table.split("\n").flatMap((line) => {
    const columns = line.trim().split(/\s+/);
    const isLocal = isLinkLocal(`${line.slice(0, 4)}:`);
    return columns.length === 6 && isLocal ? [columns[5]!] : [];
  });
  return [...new Set(names)];
}
