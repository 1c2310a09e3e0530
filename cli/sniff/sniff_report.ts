/**
 * What `sniff` shows.
 *
 * @module
 */

import type { Guess } from "../../lib/framing/mod.ts";
import { formatSize } from "../arguments/sizes.ts";
import { visible } from "../output/visible.ts";
import { jsonContent } from "../output/formats.ts";

const SHOWN_BYTES = 60;

/**
 * A guess in lines.
 *
 * ```text
 * sure: --frame length:4 (212 bits of evidence, 34 messages)
 *      5 B  hello
 * ```
 */
export function guessLines(guess: Guess): string[] {
  const { alike, count, framing, messages, protocol, sureness } = guess;
  const bits = Math.round(guess.bits);
  const known = protocol === undefined ? "" : `${protocol}, `;
  if (framing === undefined) {
    return [`${sureness}: ${protocol}, for which there is no --frame`];
  }
  const messageCount = `${count} message${count === 1 ? "" : "s"}`;
  return [
    `${sureness}: ${known}--frame ${
      quoted(framing)
    } (${bits} bits of evidence, ${messageCount})`,
    ...messages.map((message) =>
      `${formatSize(message.length).padStart(8)}  ${shown(message)}`
    ),
    ...alike.length === 0
      ? []
      : [`as well, for these bytes: ${alike.map(quoted).join(", ")}`],
  ];
}

/** A guess as one line of JSON. */
export function guessJson(guess: Guess): string {
  const { alike, bits, count, framing, messages, protocol, sureness } = guess;
  return JSON.stringify({
    framing: framing ?? null,
    ...(protocol === undefined ? {} : { protocol }),
    sureness,
    bits: Math.round(bits),
    messages: count,
    alike,
    first: messages.map((message) => ({
      ...jsonContent(message),
      bytes: message.length,
    })),
  });
}

/** Why a guess is not sure, and what would help. */
export function doubt(best: Guess | undefined, isOneSided: boolean): string {
  const help = isOneSided
    ? "both directions would help, as parley-server tap --record gives them"
    : "more messages would help, and short ones that are answered";
  return best?.framing === undefined
    ? `not sure: no framing fits these bytes; ${help}`
    : `not sure: --frame ${quoted(best.framing)} fits best, with ${
      Math.max(0, Math.round(best.bits))
    } of the 15 bits of evidence that make a guess likely; ${help}`;
}

/** As a shell needs it. */
function quoted(framing: string): string {
  return /^[\w:,=.+-]+$/.test(framing)
    ? framing
    : `'${framing.replaceAll("'", "'\\''")}'`;
}

function shown(message: Uint8Array): string {
  const more = message.length > SHOWN_BYTES ? "…" : "";
  return visible(message.subarray(0, SHOWN_BYTES)) + more;
}
