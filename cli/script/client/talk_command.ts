/**
 * The command line of `parley-client talk`.
 *
 * ```text
 * talk a.talk b.talk 7342            two scripts and the server
 * talk a.talk localhost 7342         one, and the server in two words
 * talk a.talk b.talk                 two files: they name their servers themselves
 * ```
 *
 * @module
 */

import type { Script, ScriptConnectionPlan } from "../../../lib/testing/mod.ts";
import { checkTarget } from "../../arguments/address.ts";
import { CLIENT_FOREIGN } from "../../arguments/foreign_options.ts";
import { kindsAt, refuseOthers } from "../../arguments/kinds.ts";
import { loadValues } from "../../arguments/load_values.ts";
import { parseArguments } from "../../arguments/parse.ts";
import {
  framedBy,
  type Place,
  readPlace,
  writtenPlace,
} from "../../arguments/place.ts";
import { checkProxySource, checkTls } from "../../client/client_checks.ts";
import { UsageError } from "../../output/failure.ts";
import { checkRecord } from "../../recording/record/record_options.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { checkVariables, isFile, loadScript } from "../read/load_script.ts";
import { variablesOf } from "../script_options.ts";
import { TALK_OPTIONS, type TalkValues } from "./talk_options.ts";
import { framingAt, placeIn, placesOf } from "./talk_places.ts";

const EXAMPLE = "talk login.talk 7342";

/** What is to be done. */
export interface TalkCommand {
  readonly scripts: readonly Script[];
  /** The address of each connection that a script opens. */
  readonly places: ReadonlyMap<ScriptConnectionPlan, Place>;
  readonly given: ReadonlySet<string>;
  readonly options: TalkValues;
}

/**
 * Reads the command line, and all scripts.
 *
 * @throws {Failure} If something is wrong with either. Nothing was opened.
 */
export async function parseTalkArguments(
  args: readonly string[],
  { input, isSocket }: Terminal,
): Promise<TalkCommand> {
  await loadValues(args, TALK_OPTIONS);
  const parsed = parseArguments(args, TALK_OPTIONS, CLIENT_FOREIGN);
  const { paths, place } = operandsOf(parsed.operands, isSocket);
  const { given, options } = framedBy(parsed, place?.framing, "frame");
  const read = (text: string) => placeIn(text, isSocket);
  const scripts: Script[] = [];
  for (const path of paths) {
    scripts.push(
      await loadScript(path, input, {
        framing: (text) => framingAt(text, place, options, read),
        variables: variablesOf(options, place && String(place.address)),
      }),
    );
  }
  checkVariables(options.set.map(([name]) => name), scripts);
  const places = placesOf(scripts, place, read);
  check([...places.values()], given, options);
  return { scripts, places, given, options };
}

/** Parts the scripts from the address, which stands last. */
function operandsOf(
  operands: readonly string[],
  isSocket: Terminal["isSocket"],
): { readonly paths: readonly string[]; readonly place: Place | undefined } {
  const at = placeOfAddress(operands, isSocket);
  const paths = operands.slice(0, at);
  if (paths.length === 0) {
    const [only] = operands;
    throw new UsageError(
      only === undefined
        ? `there is no script; write scripts and the server's address, such as: ${EXAMPLE}`
        : `"${only}" is not a file; write a script before the server's address, such as: ${EXAMPLE}`,
    );
  }
  const address = paths.find((path) =>
    /^\d+$|:\d+$|^[a-z]+:/i.test(path) && !isFile(path)
  );
  if (address !== undefined) {
    throw new UsageError(
      `"${address}" is not a file; there is one address, which stands behind the scripts: ${EXAMPLE}`,
    );
  }
  if (paths.filter((path) => path === "-").length > 1) {
    throw new UsageError("standard input can be one script only");
  }
  const words = operands.slice(at);
  if (words.length === 0) return { paths, place: undefined };
  const [word] = words;
  if (words.length === 1 && /^[^:@\d]*[^:@\d/][^:@\d]*$/.test(word!)) {
    throw new UsageError(
      `"${word}" is neither a file nor an address; write scripts and the server's address, such as: ${EXAMPLE}`,
    );
  }
  const place = readPlace(writtenPlace(words, isSocket));
  checkTarget(place.address);
  return { paths, place };
}

/** The number of the operand with which the address begins. */
function placeOfAddress(
  operands: readonly string[],
  isSocket: Terminal["isSocket"],
): number {
  const last = operands.length - 1;
  const two = operands.slice(-2);
  if (
    last > 1 && !isFile(two[0]!) &&
    writtenPlace(two, isSocket).words === 2
  ) {
    return last - 1;
  }
  return last >= 0 && (operands[last] === "-" || isFile(operands[last]!))
    ? last + 1
    : Math.max(0, last);
}

/** Refuses options that go with none of the addresses. */
function check(
  places: readonly Place[],
  given: ReadonlySet<string>,
  options: TalkValues,
): void {
  const addresses = [...new Set(places.map(({ address }) => String(address)))];
  const kinds = new Set(places.flatMap(({ address }) => kindsAt(address)));
  refuseOthers(TALK_OPTIONS, given, kinds, `talk with ${addresses.join(" ")}`);
  const tls = places.find(({ address }) => address.isTls);
  if (tls !== undefined) checkTls(tls.address, given);
  checkRecord(options, given);
  checkProxySource(given);
  if (options.report === "" || options.report === "-") {
    throw new UsageError("--report needs the name of a file");
  }
}
