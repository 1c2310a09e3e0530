/**
 * Accepts connections for as long as there is a listener.
 *
 * Only the end of its listener ends the loop. A failed accept has nearly always
 * one of two reasons. The system is out of descriptors or memory, until
 * connections close. So the loop waits: trying again at once would starve the
 * handlers that could free a descriptor. Or the peer was gone before it was accepted. A
 * server that ends on either is the best-known fault of naive accept loops.
 *
 * @module
 */

import { ClosedError, ConnectionError } from "../../errors.ts";
import { Outage } from "../../time/outage.ts";
import type { Time } from "../../time/time.ts";
import type { Connection, Listener } from "../../transport/connection.ts";

/** The events of the loop. */
export interface AcceptLoopEvents {
  /** A connection was accepted; the callee owns it. */
  accepted(connection: Connection): void;
  /** Accepting failed for the first time since it last worked. */
  paused(error: unknown): void;
  /** Accepting works again. */
  resumed(): void;
  /** Returns a promise to wait for before the next connection is accepted. */
  ready(): Promise<void> | undefined;
}

/**
 * Accepts until the listener is closed or the signal is aborted.
 *
 * @param listener The listener, which the caller closes.
 * @param signal Ends a pause at once.
 * @param time The source of time, for the pauses.
 * @returns Resolves when the listener is closed.
 */
export async function acceptLoop(
  listener: Listener,
  signal: AbortSignal,
  time: Time,
  events: AcceptLoopEvents,
): Promise<void> {
  const outage = new Outage(signal, time);
  while (!signal.aborted) {
    // Connections that are not accepted wait in the system's queue.
    const ready = events.ready();
    if (ready !== undefined) {
      await ready;
      continue;
    }
    try {
      const connection = await listener.accept();
      if (outage.ends()) events.resumed();
      // The loop of another address may have been faster.
      for (let full = events.ready(); full; full = events.ready()) {
        await full;
        if (signal.aborted) return connection.abort();
      }
      events.accepted(connection);
    } catch (error) {
      if (error instanceof ClosedError || signal.aborted) return;
      if (error instanceof ConnectionError && error.code === "reset") continue;
      if (outage.begins()) events.paused(error);
      await outage.pause();
    }
  }
}
