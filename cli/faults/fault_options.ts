/**
 * `--fault` and `--seed`, on everything that passes bytes on or serves.
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import type { Fault, FaultMedium } from "../../lib/testing/mod.ts";
import {
  about,
  optional,
  repeated,
  type ValuesOf,
} from "../arguments/option.ts";
import { parseWhole } from "../arguments/values.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";

// Few command lines have a fault, so what reads them is loaded for those.
let testing: typeof import("../../lib/testing/mod.ts") | undefined;

async function load(): Promise<void> {
  testing = await import("../../lib/testing/mod.ts");
}

/** The options by name. */
export const FAULT_OPTIONS = about(
  {
    subject: "faults",
    appliesTo: ["stream", "datagrams", "http"],
  },
  {
    "fault": repeated(
      "SPEC",
      (text): Fault => testing!.parseFault(text),
      "breaks connections on purpose: delay:200ms, corrupt:1%, reset-after:10, ...; to-server: or to-client: in front; repeatable; see help faults",
      { load, sets: ["faults"] },
    ),
    "seed": optional(
      "N",
      parseWhole,
      "repeats the random choices of --fault; chosen, and shown, unless given",
    ),
  },
);

/** The options' values. */
export type FaultValues = ValuesOf<typeof FAULT_OPTIONS>;

/** What the faults of a command line strike. */
export interface Struck {
  /** What goes to the server. */
  readonly toServer: FaultMedium;
  /** What goes to the client. */
  readonly toClient: FaultMedium;
  /** Why there are only bytes, where there are. */
  readonly why?: string | undefined;
}

/** What a framing makes of a stream. */
export function mediumOf(framing: Framing): FaultMedium {
  return framing.boundary === "none" ? "bytes" : "messages";
}

/**
 * Refuses faults that cannot strike.
 *
 * @param given The options that were given.
 * @throws {UsageError} If one needs what is not there; the text says why.
 */
export function checkFaultOptions(
  { fault: faults }: FaultValues,
  given: ReadonlySet<string>,
  { toClient, toServer, why }: Struck,
): void {
  if (given.has("seed") && faults.length === 0) {
    throw new UsageError(
      "--seed is for --fault; write for example: --fault corrupt:1% --seed 7",
    );
  }
  for (const fault of faults) {
    if (fault.direction !== "toClient") check(fault, toServer, why);
    if (fault.direction !== "toServer") check(fault, toClient, why);
  }
}

function check(
  fault: Fault,
  medium: FaultMedium,
  why: string | undefined,
): void {
  try {
    testing!.checkFaults([fault], medium, why);
  } catch (cause) {
    throw new UsageError(`--fault: ${errorText(cause)}`, { cause });
  }
}
