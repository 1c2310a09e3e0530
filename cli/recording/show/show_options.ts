/**
 * The options of `show`.
 *
 * @module
 */

import { LOG_OPTIONS } from "../../arguments/common_options.ts";
import { about, optional, type ValuesOf } from "../../arguments/option.ts";
import { asTyped, parseCount } from "../../arguments/values.ts";
import { TAP_OPTIONS } from "../../tap/tap_option_table.ts";
import { FRAME_OPTIONS } from "../read/frame_options.ts";

const { annotate, filter, format, only } = TAP_OPTIONS;

/** The options by name. */
export const SHOW_OPTIONS = {
  ...FRAME_OPTIONS,
  ...{ format, annotate, filter, only },
  ...about({ subject: "what is shown" }, {
    "connection": optional(
      "N",
      parseCount,
      "shows only this connection",
      { usual: true },
    ),
    "pcapng": optional(
      "FILE",
      asTyped,
      "writes a capture that Wireshark reads, and prints nothing",
      { usual: true },
    ),
  }),
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type ShowValues = ValuesOf<typeof SHOW_OPTIONS>;
