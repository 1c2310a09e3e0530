/**
 * Connects to the address of a command line, as often as is needed.
 *
 * @module
 */

import {
  type Address,
  type Connection,
  dial,
  TimeoutError,
} from "../../../mod.ts";
import { retrying } from "../../../lib/core.ts";
import { checkTarget } from "../../arguments/address.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { type Place, readPlace, writtenPlace } from "../../arguments/place.ts";
import { retryFor } from "./retry.ts";
import { tlsOptions } from "./tls_settings.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { dialDatagrams } from "../../../lib/session/datagrams/mod.ts";
import type { TargetValues } from "./target_options.ts";

/**
 * Reads an address to connect to.
 *
 * @param words What was typed from the address on.
 * @returns The place, and the words behind it.
 * @throws {UsageError} If it is invalid.
 */
export function readTarget(
  words: readonly string[],
  { isSocket }: Pick<Terminal, "isSocket">,
): Place & { readonly rest: readonly string[] } {
  const written = writtenPlace(words, isSocket);
  const place = readPlace(written);
  checkTarget(place.address);
  return { ...place, rest: words.slice(written.words) };
}

/** Connects once more. */
export type OpenTarget = () => Promise<Connection>;

/**
 * Makes what connects to an address.
 *
 * @param terminal Where certificates are.
 * @param signal Ends an attempt.
 */
export async function targetAt(
  address: Address,
  options: TargetValues,
  { log, signal, terminal }: {
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly terminal: Terminal;
  },
): Promise<OpenTarget> {
  if (address.transport === "udp") {
    return () => dialDatagrams(address, { as: "chunks" });
  }
  const tls = await tlsOptions({ address, options }, terminal, log);
  const open = async () => {
    const connection = await bounded(
      "connect",
      address,
      options["connect-timeout"],
      signal,
      (signal) => dial(address, { ...tls, signal }),
    );
    try {
      await bounded(
        "tls_handshake",
        address,
        options["handshake-timeout"],
        signal,
        () => connection.handshake?.() ?? Promise.resolve(),
      );
      return connection;
    } catch (error) {
      connection.abort();
      throw error;
    }
  };
  // A server that was there and is gone has failed.
  let retry = retryFor(options.retry, log);
  return async () => {
    const connection = retry === undefined
      ? await open()
      : await retrying(open, retry, { signal });
    retry = undefined;
    return connection;
  };
}

/** Does something within a time. */
async function bounded<T>(
  deadline: "connect" | "tls_handshake",
  address: Address,
  timeoutMs: number,
  signal: AbortSignal,
  begin: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const late = () =>
    end.abort(
      new TimeoutError(deadline, timeoutMs, {
        action: "connect to",
        address: String(address),
        reason: `no answer within ${formatDuration(timeoutMs)}`,
      }),
    );
  const timer = timeoutMs === Infinity
    ? undefined
    : setTimeout(late, timeoutMs);
  const either = AbortSignal.any([signal, end.signal]);
  const over = Promise.withResolvers<never>();
  const stop = () => over.reject(either.reason);
  either.addEventListener("abort", stop);
  if (either.aborted) stop();
  const begun = begin(either);
  // One that comes too late rejects, too.
  begun.catch(() => {});
  try {
    return await Promise.race([begun, over.promise]);
  } finally {
    clearTimeout(timer);
    either.removeEventListener("abort", stop);
  }
}
