/**
 * What both `replay` commands have in common: their options.
 *
 * @module
 */

import { deadline, LOG_OPTIONS } from "../../arguments/common_options.ts";
import {
  about,
  flag,
  optional,
  repeated,
  setting,
  type ValuesOf,
} from "../../arguments/option.ts";
import { parseCount, parseWhole } from "../../arguments/values.ts";
import type { Section } from "../../manual/manual.ts";
import { UsageError } from "../../output/failure.ts";
import { parseIgnored } from "../exchange/ignore.ts";
import { parseCut } from "../exchange/pieces.ts";
import { FRAME_OPTIONS } from "../read/frame_options.ts";

const TIMEOUT_MS = 10_000;
// Below the limit of open files that most systems give a program, 1,024.
const CONNECTIONS = 1_000;

/** What is compared, and how. */
export const IGNORE_OPTION = repeated(
  "PATTERN",
  parseIgnored,
  "leaves out of the comparison what matches /REGEXP/, or the member .path[].of.JSON; repeatable",
  { usual: true },
);

/** A seed that can be chosen. */
const SEED_OPTION = optional(
  "N",
  parseWhole,
  "makes --cut random cut the same again; chosen, and shown, unless given",
);

/** The options by name. */
const REPLAY_OPTIONS = about({ subject: "playing" }, {
  "speed": setting(
    "N",
    { value: 1, text: "1" },
    parseSpeed,
    "how many times as fast as it was recorded, such as 2 or 0.5; or max, which waits only for what comes",
    { usual: true },
  ),
  "connection": optional(
    "N",
    parseCount,
    "plays only this connection of the recording",
    { usual: true },
  ),
  "connections": setting(
    "N",
    { value: CONNECTIONS, text: `${CONNECTIONS}` },
    parseCount,
    "how many connections there are at once at most; the next one begins once one of them is over",
  ),
  "expect": flag(
    "compares what comes with what was recorded, and exits 1 if it differs",
    { usual: true },
  ),
  "ignore": IGNORE_OPTION,
  "cut": optional(
    "HOW",
    parseCut,
    "cuts what is sent: bytewise, random, or pieces of N bytes",
    {
      appliesTo: ["stream"],
      instead: { datagrams: "a datagram arrives whole or not at all" },
      usual: true,
      words: ["bytewise", "random"],
    },
  ),
  "seed": SEED_OPTION,
  "timeout": deadline(
    TIMEOUT_MS,
    "how long to wait for something that came when it was recorded",
  ),
});

/** The options of both commands. */
export const COMMON_REPLAY_OPTIONS = {
  ...REPLAY_OPTIONS,
  ...FRAME_OPTIONS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type ReplayValues = ValuesOf<typeof COMMON_REPLAY_OPTIONS>;

/**
 * Refuses what does not go together.
 *
 * @throws {UsageError} If an option would do nothing.
 */
export function checkReplay(
  { cut, expect, ignore, seed }: ReplayValues,
): void {
  if (ignore.length > 0 && !expect) {
    throw new UsageError(
      "--ignore is for --expect; write for example: --expect --ignore .date",
    );
  }
  if (seed !== undefined && cut !== "random") {
    throw new UsageError(
      "--seed is for --cut random; write for example: --cut random --seed 7",
    );
  }
}

/** How it works, for the manuals. */
export const REPLAY_DETAILS: readonly Section[] = [
  {
    title: "When something is sent",
    rows: [[
      "",
      "Once its recorded time has come, and as many messages have been received as when it was recorded. Without a framing, as many bytes. A connection is opened once its time has come, as many others are over, and fewer than --connections are open.",
    ]],
  },
  {
    title: "Cutting",
    rows: [[
      "",
      "Each piece is written by itself, without waiting to be joined (TCP_NODELAY), with a turn of the event loop in between. The system may still join pieces for a reader that is late. The command chop cuts at every position in turn, and waits in between.",
    ]],
  },
];

function parseSpeed(text: string): number {
  if (text === "max") return Infinity;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new UsageError(
    `"${text}" is not a speed; write a number above 0, such as 2 or 0.5, or max`,
  );
}
