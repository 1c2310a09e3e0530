/**
 * How many datagrams the system dropped because a socket's queue was full.
 *
 * Linux counts them for each socket in `/proc/net/udp` and `/proc/net/udp6`:
 *
 * ```text
 *   sl  local_address rem_address   st tx_queue rx_queue ... pointer drops
 *  257: 0100007F:1CAE 00000000:0000 07 00000000:00000000 ... 0000000 51918
 * ```
 *
 * The runtime lets a program read files there only if it has all permissions.
 *
 * @module
 */

import type { Address } from "../address.ts";
import { ipBytes } from "../ip.ts";

/**
 * Reads the count of a socket.
 *
 * @param on Where the socket is bound.
 * @returns The count, or `undefined` if the system or the runtime does not tell
 * it, or if several sockets are bound there.
 */
export function systemDrops(on: Address): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const table = on.hostname.includes(":") ? "/proc/net/udp6" : "/proc/net/udp";
  const rows = readTable(table);
  return rows === undefined ? undefined : dropsIn(rows, on);
}

/**
 * Finds the count in the table.
 *
 * @param on Where the socket is bound.
 * @returns As of {@linkcode systemDrops}.
 */
export function dropsIn(table: string, on: Address): number | undefined {
  const local = inTable(on);
  const rows = table.split("\n").map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[1] === local);
  const drops = Number(rows[0]?.at(-1));
  return rows.length === 1 && Number.isInteger(drops) ? drops : undefined;
}

function readTable(path: string): string | undefined {
  // Asked first: reading without the permission would prompt on a terminal.
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // A permission to read is not enough for these files, or /proc is not there.
    return undefined;
  }
}

/** Words of 32 bits in the machine's order, which is little-endian wherever Deno runs. */
function inTable({ hostname, port }: Address): string {
  const bytes = Uint8Array.from(ipBytes(hostname) ?? []);
  const words = new DataView(bytes.buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    text += hex(words.getUint32(at, true), 8);
  }
  return `${text}:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
