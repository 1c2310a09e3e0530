/**
 * Datagrams as connections, with a log of those that there was no room for.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import {
  type DatagramPeerOptions,
  type DatagramPeersListener,
  listenForDatagrams,
} from "../../lib/session/datagrams/mod.ts";
import type { Log } from "../output/log.ts";
import { DatagramLog } from "./datagram_log.ts";

/** Accepts peers, and logs what is dropped. */
export interface LoggedPeers {
  /** Accepts them. */
  readonly listener: DatagramPeersListener;

  /** Logs how many datagrams were dropped in all. */
  end(): void;
}

/** Begins to listen; see `listenForDatagrams`. */
export function listenForPeers(
  on: Address,
  options: DatagramPeerOptions,
  log: Log,
): LoggedPeers {
  const datagramLog = new DatagramLog(log, on);
  const listener = listenForDatagrams(on, {
    ...options,
    onEvent: (event) => {
      if (event.type === "dropped") datagramLog.event(event);
    },
  });
  datagramLog.address = listener.address;
  return { listener, end: () => datagramLog.dropped(listener.dropped) };
}
