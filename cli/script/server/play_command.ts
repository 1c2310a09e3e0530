/**
 * The command line of `parley-server play`.
 *
 * @module
 */

import type { Script } from "../../../lib/testing/mod.ts";
import type { Address } from "../../../mod.ts";
import { SERVER_FOREIGN } from "../../arguments/foreign_options.ts";
import {
  hasOwnMessages,
  kindsAt,
  refuseOthers,
} from "../../arguments/kinds.ts";
import { loadValues } from "../../arguments/load_values.ts";
import { parseArguments } from "../../arguments/parse.ts";
import { framedBy, oneFraming, readPlaces } from "../../arguments/place.ts";
import { UsageError } from "../../output/failure.ts";
import { checkRecord } from "../../recording/record/record_options.ts";
import { checkTls } from "../../server/server_checks.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import {
  checkVariables,
  isFile,
  loadScript,
  refusedAt,
} from "../read/load_script.ts";
import { variablesOf } from "../script_options.ts";
import { PLAY_OPTIONS, type PlayValues } from "./play_options.ts";

const EXAMPLE = "play server.talk 7342";

/** What is to be done. */
export interface PlayCommand {
  readonly script: Script;
  readonly addresses: readonly Address[];
  readonly given: ReadonlySet<string>;
  readonly options: PlayValues;
}

/**
 * Reads the command line, and the script.
 *
 * @throws {Failure} If something is wrong with either. Nothing was opened.
 */
export async function parsePlayArguments(
  args: readonly string[],
  { input, isSocket }: Terminal,
): Promise<PlayCommand> {
  await loadValues(args, PLAY_OPTIONS);
  const parsed = parseArguments(args, PLAY_OPTIONS, SERVER_FOREIGN);
  const [path, ...typed] = parsed.operands;
  if (path === undefined || typed.length === 0) {
    throw new UsageError(
      `a script and an address are needed; write SCRIPT ADDRESS, such as: ${EXAMPLE}`,
    );
  }
  const second = typed.find(isFile);
  if (second !== undefined) {
    throw new UsageError(
      `"${second}" is a second script; a server plays one, such as: ${EXAMPLE}`,
    );
  }
  const places = readPlaces(typed, isSocket);
  const framing = oneFraming(places, "a script has one framing");
  const { given, options } = framedBy(parsed, framing, "frame");
  const addresses = places.map(({ address }) => address);
  const script = await loadScript(path, input, {
    ...addresses.every(hasOwnMessages) ? {} : { framing: options.frame },
    side: "server",
    swap: options.swap,
    variables: variablesOf(options, String(addresses[0])),
  });
  checkVariables(options.set.map(([name]) => name), [script]);
  checkScript(script, addresses);
  const kinds = new Set(addresses.flatMap(kindsAt));
  const subject = `play on ${addresses.join(" ")}`;
  refuseOthers(PLAY_OPTIONS, given, kinds, subject);
  checkTls(addresses, given);
  checkRecord(options, given);
  return { script, addresses, given, options };
}

/** Refuses what means nothing where a message needs no framing or has no end. */
function checkScript(script: Script, addresses: readonly Address[]): void {
  const isFramed = !addresses.every(hasOwnMessages);
  const udp = addresses.find(({ transport }) => transport === "udp");
  for (const { line, needsStreamAt, options } of script.connections) {
    if (!isFramed && options.framing !== undefined) {
      throw refusedAt(
        script,
        line,
        `frame means nothing at ${
          addresses[0]
        }, where messages need no framing; leave it out`,
      );
    }
    if (udp !== undefined && needsStreamAt !== undefined) {
      throw refusedAt(
        script,
        needsStreamAt,
        `datagrams have no end: it means nothing over ${udp}`,
      );
    }
  }
}
