/**
 * Opens TCP as the table of transports asks for it: on the runtime's sockets, or on
 * those that can be reset.
 *
 * @module
 */

import type { Address } from "../address.ts";
import type { Listener, ListenOptions } from "../connection.ts";
import { listenTcp } from "./mod.ts";

export { connectTcp } from "./mod.ts";

/** Listens as the options say. */
export async function listenLine(
  on: Address,
  options: ListenOptions,
): Promise<Listener> {
  if (options.resettable !== true) return listenTcp(on, options);
  const { listenResettable } = await import("./open_resettable.ts");
  return await listenResettable(on, options);
}
