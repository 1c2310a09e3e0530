/**
 * Receives datagrams for as long as a socket is open.
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import {
  type DatagramEndpoint,
  MAX_IPV6_DATAGRAM_BYTES,
  type ReceivedDatagram,
} from "../transport/datagram_endpoint.ts";
import { SYSTEM_TIME } from "../time/time.ts";

// As in the accept loop: a failure that lasts must not keep a core busy.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Receives until the socket is closed.
 *
 * @param take Takes a datagram, whose bytes are valid until it resolves.
 * @param ready Gives what to wait for before each datagram. It must not throw.
 * @param onError Called when receiving fails, once until it works again.
 * @returns Resolves when the socket is closed.
 */
export async function receiveUntilClosed(
  endpoint: DatagramEndpoint,
  take: (datagram: ReceivedDatagram) => Promise<void>,
  ready: () => Promise<void> | undefined,
  onError: (error: unknown) => void,
): Promise<void> {
  const into = new Uint8Array(MAX_IPV6_DATAGRAM_BYTES + 1);
  let pauseMs = 0;
  for (;;) {
    try {
      await ready();
      const datagram = await endpoint.receive(into);
      pauseMs = 0;
      await take(datagram);
    } catch (error) {
      if (error instanceof ClosedError) return;
      if (pauseMs === 0) onError(error);
      pauseMs = Math.min(
        LONGEST_PAUSE_MS,
        Math.max(FIRST_PAUSE_MS, 2 * pauseMs),
      );
      await new Promise<void>((resolve) =>
        SYSTEM_TIME.setTimer(resolve, pauseMs)
      );
    }
  }
}
