/**
 * The command line of `parley-server hub`.
 *
 * @module
 */

import { SERVER_FOREIGN } from "../arguments/foreign_options.ts";
import { kindsAt, refuseOthers } from "../arguments/kinds.ts";
import { loadValues } from "../arguments/load_values.ts";
import { parseArguments } from "../arguments/parse.ts";
import { checkFrameUsed, type Place, readPlaces } from "../arguments/place.ts";
import { UsageError } from "../output/failure.ts";
import { checkTls } from "../server/server_checks.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { checkNats } from "./nats/nats_options.ts";
import { HUB_OPTIONS, type HubOptionValues } from "./hub_option_table.ts";

/** What a hub is asked to do. */
export interface HubCommand {
  /** Where it listens, each with its framing where it has one of its own. */
  readonly places: readonly Place[];
  /** The options that were given. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: HubOptionValues;
}

/**
 * Reads the command line behind `hub`.
 *
 * @throws {UsageError} If something is wrong with it.
 */
export async function parseHubArguments(
  args: readonly string[],
  { isSocket }: Pick<Terminal, "isSocket">,
): Promise<HubCommand> {
  await loadValues(args, HUB_OPTIONS);
  const { given, operands, options } = parseArguments(
    args,
    HUB_OPTIONS,
    SERVER_FOREIGN,
  );
  if (operands.length === 0) {
    throw new UsageError("there is no address; write for example: hub 7342");
  }
  const places = readPlaces(operands, isSocket);
  checkPlaces(places, given);
  const addresses = places.map(({ address }) => address);
  const kinds = new Set(addresses.flatMap(kindsAt));
  refuseOthers(HUB_OPTIONS, given, kinds, `hub ${addresses.join(" ")}`);
  checkTls(addresses, given);
  checkNats(given);
  return { places, given, options };
}

function checkPlaces(
  places: readonly Place[],
  given: ReadonlySet<string>,
): void {
  const udp = places.find(({ address }) => address.transport === "udp");
  if (udp !== undefined) {
    throw new UsageError(
      `${udp.address} has datagrams, which belong to no connection: a hub could not tell when a member has left; use a tcp:, tls:, unix:, ws: or wss: address`,
    );
  }
  checkFrameUsed(places, given);
}
