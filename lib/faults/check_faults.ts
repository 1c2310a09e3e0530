/**
 * Which faults go with what: a stream of bytes, messages in a framing, datagrams.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import { type Fault, needsMessages } from "./fault.ts";
import { FAULTS } from "./fault_names.ts";

/** What faults strike. */
export type FaultMedium = "bytes" | "datagrams" | "messages";

/**
 * Refuses faults that cannot strike.
 *
 * @param faults The faults.
 * @param medium What they strike: bytes of a stream, messages in a framing on a
 * stream, or datagrams.
 * @param why Why there are no messages, for the error.
 * @throws {TypeError} If one cannot strike it; the reason says why.
 *
 * @example A fault that UDP cannot have
 * ```ts
 * import { checkFaults, parseFault } from "@parley/parley/testing";
 * import { assertThrows } from "@std/assert";
 *
 * checkFaults([parseFault("drop:10%")], "datagrams");
 * assertThrows(
 *   () => checkFaults([parseFault("reset-after:10")], "datagrams"),
 *   TypeError,
 *   "it cannot strike datagrams",
 * );
 * ```
 */
export function checkFaults(
  faults: readonly Fault[],
  medium: FaultMedium,
  why?: string,
): void {
  for (const fault of faults) {
    const { datagrams } = FAULTS[fault.name];
    if (medium === "datagrams" && datagrams !== true) {
      throw refused(fault, `it cannot strike datagrams: ${datagrams}`);
    }
    if (medium === "bytes" && needsMessages(fault)) {
      throw refused(
        fault,
        `${needOf(fault)}, and ${why ?? "without a framing a stream has none"}`,
      );
    }
  }
}

/** What of a fault needs messages. */
function needOf({ messages, name, text, when }: Fault): string {
  if (name === "drop" || name === "duplicate" || name === "reorder") {
    return `${name} strikes whole messages`;
  }
  if (messages !== undefined) return "message= counts messages";
  if (when !== undefined) return "when= looks at messages";
  return `${text} counts messages`;
}

function refused({ text }: Fault, reason: string): TypeError {
  return new OptionTypeError({
    action: `use the fault ${JSON.stringify(text)}`,
    reason,
  });
}
