/**
 * What a tap sees as JSON: one object a line, with the fields of the client's
 * `--format json` and more.
 *
 * ```text
 * {"connection":1,"to":"server","number":1,"message":"hello","bytes":5,"at":"...","reads":2}
 * {"connection":1,"to":"server","number":3,"error":{"code":"malformed","message":"..."}}
 * {"connection":1,"to":"client","fault":"delay:200ms","message":4,"offset":96,"at":"..."}
 * ```
 *
 * @module
 */

import { strikeFields } from "../../faults/fault_text.ts";
import { errorText } from "../../output/error_text.ts";
import { escapeJson } from "../../output/escape.ts";
import { jsonContent } from "../../output/formats.ts";
import type { TapError, TapMessage, TapStrike } from "../tap_event.ts";
import type { LineFormat } from "./line_format.ts";

/** JSON Lines. */
export const JSON_LINES: LineFormat = {
  message(found: TapMessage): string {
    const { answerMs, at, isRaw, message, reads, spanMs } = found;
    return escapeJson(JSON.stringify({
      ...head(found),
      ...found.webSocket?.fields,
      ...jsonContent(message),
      bytes: message.length,
      at: at.toISOString(),
      reads,
      ...(reads > 1 ? { spanMs: rounded(spanMs) } : {}),
      ...(answerMs === undefined ? {} : { answerMs: rounded(answerMs) }),
      ...(isRaw ? { raw: true } : {}),
    }));
  },

  fault(strike: TapStrike): string {
    const { at } = strike;
    return escapeJson(JSON.stringify({
      ...strikeFields(strike),
      at: at.toISOString(),
    }));
  },

  error(found: TapError): string {
    const { at, error, isRaw } = found;
    return escapeJson(JSON.stringify({
      ...head(found),
      error: { code: error.code, message: errorText(error) },
      at: at.toISOString(),
      ...(isRaw ? { raw: true } : {}),
    }));
  },
};

function head({ connection, direction, number }: TapMessage | TapError): {
  readonly connection: number;
  readonly to: "server" | "client";
  readonly number: number;
} {
  const to = direction === "toServer" ? "server" : "client";
  return { connection, to, number };
}

/** Milliseconds with as many digits as mean something. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
