/**
 * The service that speaks first: a greeting, then perhaps the time, again and
 * again.
 *
 * @module
 */

import type { MessageConnection } from "../../mod.ts";
import { readToTheEnd, type Service } from "./services.ts";

/** What `greet` says. */
export interface GreetOptions {
  /** The greeting. */
  readonly message: string;
  /** Milliseconds between messages with the time; none without. */
  readonly everyMs: number | undefined;
  /** How many of them. */
  readonly count: number;
  /** The time. */
  readonly now: () => Date;
}

/**
 * Makes the service.
 *
 * @param options What it says.
 * @returns The service. Without an interval it finishes sending after the
 * greeting; with one it goes on until all messages were sent or the peer is
 * gone. A peer that has only finished sending is still listening.
 */
export function greet(options: GreetOptions): Service {
  const { message, everyMs } = options;
  const greeting = new TextEncoder().encode(message);
  return {
    encoding: "bytes",
    async handler(connection) {
      await connection.send(greeting);
      if (everyMs !== undefined) return sendTimes(connection, everyMs, options);
      await connection.closeWrite();
      await readToTheEnd(connection);
    },
  };
}

async function sendTimes(
  connection: MessageConnection,
  everyMs: number,
  { count, now }: GreetOptions,
): Promise<void> {
  const end = new AbortController();
  let failure: { error: unknown } | undefined;
  // Only who reads notices that the peer is gone.
  readToTheEnd(connection).catch((error) => {
    failure = { error };
    end.abort();
  });
  const { signal } = connection;
  const stop = () => end.abort();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    for (let sent = 0; sent < count; sent++) {
      await pause(everyMs, end.signal);
      if (end.signal.aborted) break;
      const time = `The time is ${now().toISOString()}`;
      await connection.send(new TextEncoder().encode(time));
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
  if (failure !== undefined) throw failure.error;
}

/** Waits, or less if the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
