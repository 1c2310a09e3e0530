/**
 * The command line of `parley-server tap`.
 *
 * @module
 */

import { type Framing, parseFraming } from "../../lib/framing/mod.ts";
import type { Address } from "../../mod.ts";
import { checkTarget } from "../arguments/address.ts";
import { SERVER_FOREIGN } from "../arguments/foreign_options.ts";
import {
  isWebSocket,
  type Kind,
  kindsAt,
  kindsAtTarget,
  refuseOthers,
} from "../arguments/kinds.ts";
import { parseArguments } from "../arguments/parse.ts";
import { framedBy, oneFraming, readPlaces } from "../arguments/place.ts";
import { UsageError } from "../output/failure.ts";
import {
  checkFaultOptions,
  mediumOf,
  type Struck,
} from "../faults/fault_options.ts";
import { checkRecord } from "../recording/record/record_options.ts";
import { checkTls } from "../server/server_checks.ts";
import { listenAndTarget } from "../target/two_places.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { checkPair } from "../tls/tls_options.ts";
import { checkDisplay } from "./display/display_for.ts";
import { AUTO, parseFramingOrAuto } from "./guessed_framing.ts";
import { TAP_OPTIONS, type TapOptions } from "./tap_option_table.ts";

/** What a tap is asked to do. */
export interface TapCommand {
  /** Where it listens. */
  readonly listen: Address;
  /** Where it connects to. */
  readonly target: Address;
  /** The options that were given, be it with the value of their default. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: TapOptions;
}

/**
 * Reads the command line behind `tap`.
 *
 * @throws {UsageError} If something is wrong with it.
 */
export function parseTapArguments(
  args: readonly string[],
  { isSocket }: Pick<Terminal, "isSocket">,
): TapCommand {
  const parsed = parseArguments(args, TAP_OPTIONS, SERVER_FOREIGN);
  const places = readPlaces(parsed.operands, isSocket, parseFramingOrAuto);
  const [{ address: listen }, { address: target }] = listenAndTarget(
    places,
    "tap",
    "9000 127.0.0.1:7342",
  );
  const framing = oneFraming(
    places,
    "a tap passes bytes on as they are; a bridge joins two framings",
  ) ?? framingOver(listen, parsed.given);
  const { given, options } = framedBy(parsed, framing, "frame");
  checkTransports(listen, target);
  checkTarget(target, listen);
  const kinds = kindsOf(listen, target);
  refuseOthers(TAP_OPTIONS, given, kinds, `tap ${listen} ${target}`);
  checkTls([listen], given);
  checkPair(given, "target-");
  checkRecord(options, given);
  checkFaultOptions(options, given, struckBy(listen, options));
  checkDisplay(options);
  return { listen, target, given, options };
}

/** What faults strike. */
function struckBy(listen: Address, options: TapOptions): Struck {
  if (listen.transport === "udp") {
    return { toServer: "datagrams", toClient: "datagrams" };
  }
  const { frame } = options;
  return {
    toServer: mediumOf(options["frame-to-server"] ?? frame),
    toClient: mediumOf(options["frame-to-client"] ?? frame),
    why: frame === AUTO
      ? "--frame auto finds out only later where they end; write the framing that it guesses"
      : "without --frame the tap knows of none; write for example --frame line",
  };
}

/** Over WebSocket it is known what passes, unless the command line says otherwise. */
function framingOver(
  listen: Address,
  given: ReadonlySet<string>,
): Framing | undefined {
  const isSaid = ["frame", "frame-to-client", "frame-to-server"]
    .some((name) => given.has(name));
  return isSaid || !isWebSocket(listen) ? undefined : parseFraming("websocket");
}

/** What the options of a tap can apply to. */
function kindsOf(
  listen: Pick<Address, "transport">,
  target: Pick<Address, "transport">,
): Set<Kind> {
  return new Set([...kindsAt(listen), ...kindsAtTarget(target)]);
}

/** What one side sends must be what the other side can read as it is. */
function checkTransports(listen: Address, target: Address): void {
  for (
    const [transports, has] of [
      [["udp"], "datagrams"],
      [["ws", "wss"], "frames of WebSocket"],
    ] as const
  ) {
    const isOf = ({ transport }: Address) =>
      (transports as readonly string[]).includes(transport);
    if (isOf(listen) === isOf(target)) continue;
    const [one, other] = isOf(listen) ? [listen, target] : [target, listen];
    throw new UsageError(
      `${one} has ${has} and ${other} has a stream of bytes, which a tap cannot join; use two addresses of one kind, or a bridge`,
    );
  }
}
