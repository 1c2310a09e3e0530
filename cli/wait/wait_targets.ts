/**
 * The addresses of `wait`.
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import type { Address } from "../../lib/start.ts";
import { type Kind, kindsAt } from "../arguments/kinds.ts";
import { writtenPlace } from "../arguments/place.ts";
import { UsageError } from "../output/failure.ts";
import { readTarget } from "../client/connection/target.ts";
import {
  checkScheme,
  isWebAddress,
  readUrl,
  serverOf,
} from "../arguments/web_address.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What is waited for. */
export interface WaitTarget {
  /** Where it is. */
  readonly address: Address;
  /** What is asked for there, over HTTP. */
  readonly url?: URL;
  /** The framing before an @. */
  readonly framing?: Framing | undefined;
}

/**
 * Reads the addresses.
 *
 * @throws {UsageError} If there is none, or one is invalid.
 */
export function readTargets(
  operands: readonly string[],
  terminal: Pick<Terminal, "isSocket">,
): readonly WaitTarget[] {
  if (operands.length === 0) {
    throw new UsageError(
      "there is no address; write for example: wait 7342 http://127.0.0.1:8080/",
    );
  }
  const targets: WaitTarget[] = [];
  for (let words = operands; words.length > 0;) {
    const [first = ""] = words;
    if (isWebAddress(first)) {
      const url = readUrl(first, "leave it out");
      targets.push({ address: serverOf(url), url });
      words = words.slice(1);
      continue;
    }
    checkScheme(writtenPlace(words, terminal.isSocket).text);
    const { address, framing, rest } = readTarget(words, terminal);
    targets.push({ address, framing });
    words = rest;
  }
  return targets;
}

/** What options can apply to at the addresses. */
export function kindsOfTargets(
  targets: readonly WaitTarget[],
): ReadonlySet<Kind> {
  return new Set(targets.flatMap(kindsOf));
}

function kindsOf({ address, url }: WaitTarget): readonly Kind[] {
  if (url === undefined) return kindsAt(address);
  return address.isTls ? ["http", "https"] : ["http"];
}
