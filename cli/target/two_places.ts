/**
 * LISTEN and TARGET, of commands that join two sides.
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import type { Address } from "../../mod.ts";
import { UsageError } from "../output/failure.ts";

/** One of the two places, as it was read. */
interface Side<A> {
  /** Its address; `"-"` for standard input and output. */
  readonly address: A;
  /** The framing before its @. */
  readonly framing: Framing | undefined;
}

/**
 * Gives the two places of a command line.
 *
 * @param places What was read, in order.
 * @param command Name of the command.
 * @param example Two places that it takes, as they are typed.
 * @throws {UsageError} If there are fewer or more, or TARGET is not an address.
 */
export function listenAndTarget<A extends Address | "-">(
  places: readonly Side<A>[],
  command: string,
  example: string,
): readonly [listen: Side<A>, target: Side<Exclude<A, "-">>] {
  const [listen, target, ...more] = places;
  const suchAs = `such as: ${command} ${example}`;
  if (listen === undefined || target === undefined || target.address === "-") {
    throw new UsageError(
      `there is no ${
        listen === undefined ? "LISTEN and no TARGET" : "TARGET"
      }; write where to listen and where to connect, ${suchAs}`,
    );
  }
  if (more.length > 0) {
    throw new UsageError(
      `"${
        more[0]!.address
      }" is one address too many; a ${command} has one LISTEN and one TARGET, ${suchAs}`,
    );
  }
  return [listen, target as Side<Exclude<A, "-">>];
}
