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
import { Outage } from "../time/outage.ts";

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
  const outage = new Outage();
  for (;;) {
    try {
      await ready();
      const datagram = await endpoint.receive(into);
      outage.ends();
      await take(datagram);
    } catch (error) {
      if (error instanceof ClosedError) return;
      if (outage.begins()) onError(error);
      await outage.pause();
    }
  }
}
