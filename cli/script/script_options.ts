/**
 * The options of both commands that run scripts, `talk` and `play`.
 *
 * @module
 */

import { MESSAGE_OPTIONS } from "../arguments/common_options.ts";
import { durationIn, writtenDuration } from "../arguments/durations.ts";
import {
  about,
  repeated,
  setting,
  type ValuesOf,
} from "../arguments/option.ts";
import { UsageError } from "../output/failure.ts";
import { RECORD_OPTIONS } from "../recording/record/record_options.ts";

/** How long a statement may take for which its script has no within. */
const WITHIN_MS = 10_000;

/** The options by name. */
export const SCRIPT_OPTIONS = {
  ...about({ subject: "scripts" }, {
    "set": repeated(
      "NAME=VALUE",
      parseVariable,
      "gives a name its value, which replaces {{NAME}}; repeatable",
      { usual: true, sets: ["variables"] },
    ),
    // The statement none waits for as long as this says, so there is no "none".
    "timeout": setting(
      "DURATION",
      writtenDuration(WITHIN_MS),
      durationIn({}),
      "how long a statement may take, and how long none waits, in scripts without within",
      { usual: true },
    ),
  }),
  ...MESSAGE_OPTIONS,
  "frame": {
    ...MESSAGE_OPTIONS.frame,
    help:
      "where a message ends in scripts without a line for it; see help frames",
  },
  "max-message": {
    ...MESSAGE_OPTIONS["max-message"],
    help: "largest message, both ways, in scripts without a line for it",
  },
} as const;

const ONLY_STREAMS = { appliesTo: ["stream"] } as const;

/** Those of a recording. */
export const RECORD_STREAMS = {
  "record": { ...RECORD_OPTIONS.record, ...ONLY_STREAMS },
  "pcapng": { ...RECORD_OPTIONS.pcapng, ...ONLY_STREAMS },
  "record-drop": { ...RECORD_OPTIONS["record-drop"], ...ONLY_STREAMS },
} as const;

/** The options' values. */
export type ScriptValues = ValuesOf<typeof SCRIPT_OPTIONS>;

/** A name and its value. */
export type Variable = readonly [name: string, value: string];

function parseVariable(text: string): Variable {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return [name, value!];
  throw new UsageError(
    `"${text}" is not a name and a value; write a name of letters, digits and _, such as id=7`,
  );
}

/**
 * Gives the values of names.
 *
 * @param address The value of the name `address`, unless it is given another one.
 * @throws {UsageError} If a name is given twice.
 */
export function variablesOf(
  { set }: ScriptValues,
  address: string | undefined,
): Readonly<Record<string, string>> {
  const twice = set.find(([name], i) =>
    set.findIndex(([other]) => other === name) < i
  );
  if (twice !== undefined) {
    throw new UsageError(`--set ${twice[0]}=... is given twice; give it once`);
  }
  return {
    ...address === undefined ? {} : { address },
    ...Object.fromEntries(set),
  };
}
