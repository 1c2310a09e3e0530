/**
 * Strikes in words and as fields, for the log, the tap and the page.
 *
 * @module
 */

import { ConnectionError } from "../../lib/start.ts";
import type { FaultEvent } from "../../lib/testing/mod.ts";

/** Whether a connection ended by a fault, and not by one of its sides. */
export function isByFault(error: unknown): boolean {
  return error instanceof ConnectionError && error.option === "faults";
}

/** The side that the struck bytes go to, as recordings and JSON name it. */
export function sideOf(
  { direction }: Pick<FaultEvent, "direction">,
): "server" | "client" | undefined {
  if (direction === undefined) return undefined;
  return direction === "toServer" ? "server" : "client";
}

/** What struck, and where: `fault delay:200ms at message 3`. */
export function strikeText(
  strike: Pick<
    FaultEvent,
    "fault" | "insteadOfReset" | "leftOut" | "message" | "offset"
  >,
): string {
  const { fault, insteadOfReset, leftOut, message, offset } = strike;
  const at = message !== undefined
    ? ` at message ${message}`
    : offset !== undefined
    ? ` at byte ${offset}`
    : "";
  if (leftOut !== undefined) {
    return `fault ${fault} is left out from here on,${at}: ${leftOut}`;
  }
  const instead = insteadOfReset === undefined
    ? ""
    : "; ended instead of reset, as this runtime cannot reset it";
  return `fault ${fault}${at}${instead}`;
}

/** The fields of a strike, for programs. */
export function strikeFields(strike: FaultEvent): {
  readonly connection: number;
  readonly to?: "server" | "client";
  readonly fault: string;
  readonly message?: number;
  readonly offset?: number;
  readonly insteadOfReset?: "end";
  readonly leftOut?: string;
} {
  const { connection, fault, insteadOfReset, leftOut, message, offset } =
    strike;
  const to = sideOf(strike);
  return {
    connection,
    ...to && { to },
    fault,
    ...message === undefined ? {} : { message },
    ...offset === undefined ? {} : { offset },
    ...insteadOfReset && { insteadOfReset },
    ...leftOut === undefined ? {} : { leftOut },
  };
}
