/**
 * The addresses of the connections that scripts open: the one behind the scripts, and
 * those in their lines.
 *
 * @module
 */

import type { Framing } from "../../../lib/framing/mod.ts";
import type { Script, ScriptConnectionPlan } from "../../../lib/testing/mod.ts";
import { checkTarget } from "../../arguments/address.ts";
import { hasOwnMessages } from "../../arguments/kinds.ts";
import { type Place, readPlace, writtenPlace } from "../../arguments/place.ts";
import { errorText } from "../../output/error_text.ts";
import { UsageError } from "../../output/failure.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { refusedAt } from "../read/load_script.ts";
import type { TalkValues } from "./talk_options.ts";

/** Reads the address of a line of a script. */
export function placeIn(text: string, isSocket: Terminal["isSocket"]): Place {
  const words = text.split(/[ \t]+/);
  const written = writtenPlace(words, isSocket);
  if (written.words < words.length) {
    throw new UsageError(`"${text}" is not one address`);
  }
  const place = readPlace(written);
  checkTarget(place.address);
  return place;
}

/** The framing of a connection for which its script has none. */
export function framingAt(
  text: string | undefined,
  given: Place | undefined,
  { frame }: TalkValues,
  read: (text: string) => Place,
): Framing | undefined {
  try {
    const place = text === undefined ? given : read(text);
    if (place === undefined) return undefined;
    return hasOwnMessages(place.address) ? undefined : place.framing ?? frame;
  } catch {
    // What is wrong with it is said with its line.
    return undefined;
  }
}

/** Finds the address of each connection. */
export function placesOf(
  scripts: readonly Script[],
  given: Place | undefined,
  read: (text: string) => Place,
): ReadonlyMap<ScriptConnectionPlan, Place> {
  const places = new Map<ScriptConnectionPlan, Place>();
  let isGivenUsed = false;
  for (const script of scripts) {
    isGivenUsed ||= script.variables.has("address");
    for (const plan of script.connections) {
      const { address, line } = plan;
      isGivenUsed ||= address === undefined;
      const place = address === undefined
        ? given
        : placeAt(script, line, address, read);
      if (place === undefined) {
        throw new UsageError(
          `${script.name}:${line} needs the address of the server; write for example: talk ${script.name} 7342`,
        );
      }
      checkPlan(script, plan, place);
      places.set(plan, place);
    }
  }
  if (given !== undefined && !isGivenUsed) {
    const why = places.size === 0
      ? "there is nothing to send or to expect"
      : "each names its servers with connect";
    throw new UsageError(
      `no script uses ${given.address}, as ${why}; leave it out`,
    );
  }
  return places;
}

function placeAt(
  script: Script,
  line: number,
  text: string,
  read: (text: string) => Place,
): Place {
  try {
    return read(text);
  } catch (cause) {
    throw refusedAt(script, line, errorText(cause));
  }
}

/** Refuses what means nothing where a message needs no framing or has no end. */
function checkPlan(
  script: Script,
  { address, line, needsStreamAt, options }: ScriptConnectionPlan,
  place: Place,
): void {
  const { framing } = options;
  if (hasOwnMessages(place.address) && framing !== undefined) {
    throw refusedAt(
      script,
      line,
      `frame means nothing at ${place.address}, where messages need no framing; leave it out`,
    );
  }
  if (
    address !== undefined && place.framing !== undefined &&
    String(place.framing) !== String(framing)
  ) {
    throw refusedAt(
      script,
      line,
      `frame ${framing} and ${place.framing}@ contradict each other; leave one out`,
    );
  }
  if (place.address.transport === "udp" && needsStreamAt !== undefined) {
    throw refusedAt(
      script,
      needsStreamAt,
      `datagrams have no end: finish, expect end and expect reset mean nothing over ${place.address}`,
    );
  }
}
