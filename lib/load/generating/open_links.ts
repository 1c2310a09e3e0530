/**
 * Opens the connections of a run: all of them, some at a time.
 *
 * @module
 */

import type { Link, OpenLink } from "../links/link.ts";

// A listener's queue of connections is 128 long in most programs.
const AT_ONCE = 64;

/**
 * Opens connections.
 *
 * @returns As many as were asked for; `undefined` for each that could not be opened.
 * @throws {unknown} What the first one failed with, if not one could be opened.
 */
export async function openLinks(
  count: number,
  open: OpenLink,
  signal: AbortSignal,
): Promise<(Link | undefined)[]> {
  const links: (Link | undefined)[] = new Array(count).fill(undefined);
  let next = 0;
  let opened = 0;
  let failure: { readonly error: unknown } | undefined;
  const work = async () => {
    while (next < count && !signal.aborted) {
      const index = next++;
      try {
        links[index] = await open(signal);
        opened++;
      } catch (error) {
        failure ??= { error };
        // If the server is not there, a thousand more attempts tell nothing new.
        if (opened === 0) return;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, AT_ONCE) }, work));
  if (signal.aborted || (opened === 0 && failure !== undefined)) {
    for (const link of links) link?.abort();
    signal.throwIfAborted();
    throw failure!.error;
  }
  return links;
}
