/**
 * The service that speaks first: a greeting, then perhaps the time, again and
 * again.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { MessageConnection } from "../../../mod.ts";
import {
  readToTheEnd,
  type ServiceContext,
  type StreamHandler,
} from "../service.ts";

/**
 * Greets on a connection. Without an interval it finishes sending after the
 * greeting; with one it goes on until all messages were sent or the peer is
 * gone. A peer that has only finished sending is still listening.
 *
 * @param context What it is made of.
 * @returns What it does with a connection.
 */
export function stream(context: ServiceContext): StreamHandler {
  const { every, message } = context.options;
  const greeting = new TextEncoder().encode(message);
  return {
    encoding: "bytes",
    async handler(connection) {
      await connection.send(greeting);
      if (every !== undefined) return sendTimes(connection, every, context);
      await connection.closeWrite();
      await readToTheEnd(connection);
    },
  };
}

async function sendTimes(
  connection: MessageConnection,
  everyMs: number,
  { options, terminal }: ServiceContext,
): Promise<void> {
  const gone = new AbortController();
  let failure: { error: unknown } | undefined;
  // A peer that is gone is noticed by reading alone.
  readToTheEnd(connection).catch((error) => {
    failure = { error };
    gone.abort();
  });
  const signal = AbortSignal.any([connection.signal, gone.signal]);
  for (let sent = 0; sent < (options.count ?? Infinity); sent++) {
    // An aborted wait ends the loop and is not an error.
    await delay(everyMs, { signal }).catch(() => {});
    if (signal.aborted) break;
    const time = `The time is ${terminal.now().toISOString()}`;
    await connection.send(new TextEncoder().encode(time));
  }
  if (failure !== undefined) throw failure.error;
  // A loss may be known to the connection before it is to the reader. By name, as
  // the table of services is loaded before the library.
  const { reason } = connection.signal;
  if (reason instanceof Error && reason.name === "ConnectionError") {
    throw reason;
  }
}
