/**
 * Connects to a name with several addresses after the runtime's attempt has
 * failed.
 *
 * The runtime tries the name first: it tries the addresses side by side, and a
 * permission for the name covers only that. But its error has the reason of one
 * address alone. So after a failure each address is tried by itself. The first
 * one that works is used. Otherwise the error has the reason of each.
 *
 * @module
 */

import { ConnectionError } from "../../errors.ts";
import { Address } from "../address.ts";

/** The functions that trying the addresses of a name needs. */
export interface EachAddress<T> {
  /** Opens a socket to one IP address, with an error that names it. */
  dial(address: Address): Promise<T>;
  /** Looks up all IP addresses of a name. */
  lookUp(hostname: string): Promise<readonly string[]>;
  /** Aborts the attempts with its reason. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Tries every address of a name.
 *
 * @param to The name and the port.
 * @param failure The runtime's error for the name; thrown if there is nothing
 * to add.
 * @param each How to look up and to dial.
 * @returns The first socket that opens.
 * @throws {ConnectionError} If none opens, with the reason of each address.
 */
export async function dialEach<T>(
  to: Address,
  failure: Error,
  each: EachAddress<T>,
): Promise<T> {
  const hosts = await lookUp(to, each);
  if (hosts.length < 2) throw failure;
  const failures: Error[] = [];
  const reasons: string[] = [];
  for (const host of hosts) {
    const address = new Address(to.transport, host, to.port);
    try {
      return await each.dial(address);
    } catch (error) {
      each.signal?.throwIfAborted();
      if (!(error instanceof ConnectionError)) throw error;
      failures.push(error);
      reasons.push(`${host}: ${error.reason}`);
    }
  }
  const code = failure instanceof ConnectionError ? failure.code : "failed";
  throw new ConnectionError(code, {
    action: "connect to",
    address: String(to),
    reason: reasons.join("; "),
    cause: new AggregateError(failures),
  });
}

async function lookUp<T>(
  to: Address,
  each: EachAddress<T>,
): Promise<readonly string[]> {
  try {
    return await each.lookUp(to.hostname);
  } catch {
    // Not permitted, or no such name: the first failure has that reason
    // already.
    return [];
  }
}

/**
 * Asks the system for all addresses of a name.
 *
 * @returns Its IP addresses, in the order in which they should be tried.
 */
export async function lookUpAll(hostname: string): Promise<readonly string[]> {
  // Loaded on demand: loading takes longer than the start of the program.
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(hostname, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}
