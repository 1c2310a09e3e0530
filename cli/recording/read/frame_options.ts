/**
 * How the messages in a recording are framed: as it says itself, or otherwise.
 *
 * @module
 */

import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
  parseFraming,
  type Side,
} from "../../../lib/framing/mod.ts";
import type { RecordingHead } from "../../../lib/recording/mod.ts";
import {
  about,
  optional,
  setting,
  type ValuesOf,
} from "../../arguments/option.ts";
import { parseSize, writtenSize } from "../../arguments/sizes.ts";
import { errorText } from "../../output/error_text.ts";
import type { Log } from "../../output/log.ts";

/** The options by name. */
export const FRAME_OPTIONS = about({ subject: "messages" }, {
  "frame": optional(
    "SPEC",
    parseFraming,
    "where a message ends, in both directions; as the recording says unless given",
    { usual: true },
  ),
  "frame-to-server": optional(
    "SPEC",
    parseFraming,
    "the same for what goes to the server",
  ),
  "frame-to-client": optional(
    "SPEC",
    parseFraming,
    "the same for what goes to the client",
  ),
  "max-message": setting(
    "SIZE",
    writtenSize(DEFAULT_MAX_MESSAGE_BYTES),
    parseSize,
    "largest message: 1000, 64KiB, 16MiB",
  ),
});

/** The options' values. */
export type FrameValues = ValuesOf<typeof FRAME_OPTIONS>;

/**
 * Finds the framing of what goes to a side.
 *
 * @param head The head of the recording, if there is one.
 * @param log For one line if the recording names a framing that does not exist.
 * @returns The framing; `undefined` if there is no rule.
 */
export function framingTo(
  side: Side,
  options: FrameValues,
  head: RecordingHead | undefined,
  log: Log,
): Framing | undefined {
  const given = options[`frame-to-${side}`] ?? options.frame;
  if (given !== undefined) return given;
  const named = side === "server" ? head?.frameToServer : head?.frameToClient;
  if (named === undefined) return undefined;
  try {
    return parseFraming(named);
  } catch (error) {
    log.now(
      { event: "unknown_framing", framing: named },
      `the recording's framing cannot be used: ${
        errorText(error)
      }; choose one with --frame`,
    );
    return undefined;
  }
}
