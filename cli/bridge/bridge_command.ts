/**
 * The command line of `parley-server bridge`.
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import type { Address } from "../../mod.ts";
import { checkTarget } from "../arguments/address.ts";
import { SERVER_FOREIGN } from "../arguments/foreign_options.ts";
import {
  type Kind,
  kindsAt,
  kindsAtTarget,
  refuseOthers,
} from "../arguments/kinds.ts";
import { parseArguments } from "../arguments/parse.ts";
import {
  framedBy,
  readFrame,
  readPlaces,
  splitPlace,
} from "../arguments/place.ts";
import { checkTls } from "../server/server_checks.ts";
import { listenAndTarget } from "../target/two_places.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { checkPair } from "../tls/tls_options.ts";
import { BRIDGE_OPTIONS, type BridgeOptions } from "./bridge_option_table.ts";

/** What a bridge is asked to do. */
export interface BridgeCommand {
  /** Where it listens; `"-"` for standard input and output. */
  readonly listen: Address | "-";
  /** Where it connects to. */
  readonly target: Address;
  /** The options that were given. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: BridgeOptions;
}

/**
 * Reads the command line behind `bridge`.
 *
 * @throws {UsageError} If something is wrong with it.
 */
export function parseBridgeArguments(
  args: readonly string[],
  { isSocket }: Pick<Terminal, "isSocket">,
): BridgeCommand {
  const parsed = parseArguments(args, BRIDGE_OPTIONS, SERVER_FOREIGN);
  const [left, right] = listenAndTarget(
    placesOf(parsed.operands, isSocket),
    "bridge",
    "ws://:8080 127.0.0.1:7342 --target-frame length:4",
  );
  const { address: listen } = left;
  const { address: target } = right;
  const { given, options } = framedBy(
    framedBy(parsed, left.framing, "frame"),
    right.framing,
    "target-frame",
  );
  checkTarget(target, listen === "-" ? undefined : listen);
  const kinds = kindsOf(listen, target);
  refuseOthers(BRIDGE_OPTIONS, given, kinds, `bridge ${listen} ${target}`);
  if (listen !== "-") checkTls([listen], given);
  checkPair(given, "target-");
  return { listen, target, given, options };
}

/** Reads the two places, of which the first may be `-`. */
function placesOf(
  operands: readonly string[],
  isSocket: Terminal["isSocket"],
): {
  readonly address: Address | "-";
  readonly framing: Framing | undefined;
}[] {
  const [first = "", ...rest] = operands;
  const [frame, pipe] = splitPlace(first);
  if (pipe !== "-") return readPlaces(operands, isSocket);
  const framing = frame === undefined ? undefined : readFrame(frame, pipe);
  return [{ address: pipe, framing }, ...readPlaces(rest, isSocket)];
}

/** What the options of a bridge can apply to. */
function kindsOf(
  listen: Pick<Address, "transport"> | "-",
  target: Pick<Address, "transport">,
): Set<Kind> {
  const kinds = listen === "-" ? ["framed"] as const : kindsAt(listen);
  // Of whatever it carries: there is a connection on one of its sides.
  return new Set<Kind>(["stream", ...kinds, ...kindsAtTarget(target)]);
}
