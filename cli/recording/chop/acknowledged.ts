/**
 * Whether the peer's system has acknowledged all that was sent, where that can be seen.
 *
 * Linux shows how many sent bytes are not acknowledged yet in `/proc/net/tcp`. The
 * runtime lets only a program with all permissions read it. Elsewhere there is only the
 * pause.
 *
 * @module
 */

import { pause } from "../../../lib/core.ts";
import type { Address, Connection } from "../../../mod.ts";
import { isPath } from "../../arguments/address.ts";

// As long as a packet may take that was lost once.
const LONGEST_MS = 1_000;

/** Waits until what was sent is acknowledged. Without a way to see it, it returns. */
export type Acknowledged = (connection: Connection) => Promise<void>;

/** Finds out whether it can be seen here. */
export async function acknowledgement(): Promise<Acknowledged> {
  const isReadable = Deno.build.os === "linux" &&
    await Deno.readTextFile("/proc/net/tcp").then(() => true, () => false);
  return isReadable ? untilAcknowledged : () => Promise.resolve();
}

async function untilAcknowledged(connection: Connection): Promise<void> {
  const { localAddress, remoteAddress } = connection;
  if (isPath(localAddress)) return;
  const until = performance.now() + LONGEST_MS;
  while (performance.now() < until) {
    const waiting = await unacknowledged(localAddress, remoteAddress);
    if (waiting === undefined || waiting === 0) return;
    await pause(1, undefined);
  }
}

/** How many bytes are not acknowledged; `undefined` if the connection is not found. */
async function unacknowledged(
  local: Address,
  remote: Address,
): Promise<number | undefined> {
  const isIpv6 = local.hostname.includes(":");
  const table = await Deno.readTextFile(`/proc/net/tcp${isIpv6 ? "6" : ""}`)
    .catch(() => "");
  const port = ({ port }: Address) =>
    port.toString(16).toUpperCase().padStart(4, "0");
  // "sl local_address rem_address st tx_queue:rx_queue": the ports of both ends say
  // which line it is.
  const line = new RegExp(
    `^ *\\d+: [0-9A-F]+:${port(local)} [0-9A-F]+:${
      port(remote)
    } [0-9A-F]{2} ([0-9A-F]{8}):`,
    "m",
  ).exec(table);
  return line === null ? undefined : Number.parseInt(line[1]!, 16);
}
