/**
 * Listens on several addresses: on all of them or on none.
 *
 * @module
 */

import type { Address } from "../../transport/address.ts";
import type { Listener } from "../../transport/connection.ts";
import { listen } from "../../transport/open.ts";

/**
 * Listens on several addresses.
 *
 * @param where The addresses, and listeners that are open already.
 * @param options How to listen, and a signal that gives it up.
 * @returns The listeners in the same order, owned by the caller.
 * @throws {ConnectionError} If the system refuses an address. Then all listeners
 * are closed, the given ones too.
 */
export async function listenAll(
  where: readonly (Address | Listener)[],
  options: Parameters<typeof listen>[1] & {
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<Listener[]> {
  const open: Listener[] = [];
  try {
    for (const at of where) {
      open.push("accept" in at ? at : await listen(at, options));
    }
    options.signal?.throwIfAborted();
    return open;
  } catch (error) {
    // Also the listeners that were given and come after the failure.
    for (const one of new Set([...open, ...where])) {
      if ("accept" in one) one.close();
    }
    throw error;
  }
}
