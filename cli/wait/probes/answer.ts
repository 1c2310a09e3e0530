/**
 * What an answer has to be.
 *
 * @module
 */

import type { Pattern } from "../../arguments/pattern.ts";
import { visible } from "../../output/visible.ts";
import { absent, type Finding } from "../finding.ts";

// Longer ones are cut where they are shown.
const SHOWN_BYTES = 40;

/** What is asked, and what the answer has to be. */
export interface Asked {
  /** What is sent first, if anything is. */
  readonly send: Uint8Array | undefined;
  /** What has to come; `undefined` for anything. */
  readonly expect: Pattern | undefined;
}

/** The finding of an answer that is another. */
export function unmatched(answer: Uint8Array): Finding {
  const shown = visible(answer.subarray(0, SHOWN_BYTES));
  const more = answer.length > SHOWN_BYTES ? "..." : "";
  return absent(
    "another answer",
    `it sent "${shown}"${more}, which --expect does not match`,
  );
}
