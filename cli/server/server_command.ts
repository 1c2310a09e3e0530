/**
 * The command line of `parley-server`.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { SERVER_FOREIGN } from "../arguments/foreign_options.ts";
import {
  isTransport,
  isWebSocket,
  type Kind,
  kindsAt,
  refuseOthers,
} from "../arguments/kinds.ts";
import { didYouMean } from "../arguments/nearest.ts";
import { loadValues } from "../arguments/load_values.ts";
import { parseArguments } from "../arguments/parse.ts";
import {
  checkFrameUsed,
  type Place,
  readPlaces,
  splitPlace,
} from "../arguments/place.ts";
import { UsageError } from "../output/failure.ts";
import type { FaultMedium } from "../../lib/testing/mod.ts";
import {
  checkFaultOptions,
  mediumOf,
  type Struck,
} from "../faults/fault_options.ts";
import { checkRecord } from "../recording/record/record_options.ts";
import { checkJoin } from "../udp/join_options.ts";
import { SERVER_OPTIONS, type ServerOptions } from "./server_option_table.ts";
import {
  checkGreeting,
  checkTls,
  checkUdp,
  checkWorkers,
} from "./server_checks.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Service } from "./service.ts";
import { SERVICES } from "./services.ts";

/** What a server is asked to do. */
export interface ServerCommand {
  /** The command line itself, for further workers. */
  readonly args: readonly string[];
  /** Name of the service. */
  readonly name: string;
  /** The service. */
  readonly service: Service;
  /** Where to listen. */
  readonly addresses: readonly Address[];
  /** The same, each with its framing where it has one of its own. */
  readonly places: readonly Place[];
  /** The options that were given, be it with the value of their default. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: ServerOptions;
}

/**
 * Reads the command line of the server.
 *
 * @returns What it asks for.
 * @throws {UsageError} If something is wrong with it.
 */
export async function parseServerArguments(
  args: readonly string[],
  { isSocket }: Pick<Terminal, "isSocket">,
): Promise<ServerCommand> {
  await loadValues(args, SERVER_OPTIONS);
  const parsed = parseArguments(args, SERVER_OPTIONS, SERVER_FOREIGN);
  const [name, ...words] = parsed.operands;
  if (name === undefined) {
    throw new UsageError(
      "there is no service; write SERVICE ADDRESS, such as: echo 7342",
    );
  }
  if (!Object.hasOwn(SERVICES, name)) {
    throw new UsageError(`there is no service "${name}"${hint(name, words)}`);
  }
  if (words.length === 0) {
    throw new UsageError(
      `there is no address; write for example: ${name} 7342`,
    );
  }
  const service = SERVICES[name]!;
  checkFolder(name, words);
  const places = readPlaces(words, isSocket);
  const addresses = places.map(({ address }) => address);
  const { given, options } = parsed;
  checkFramings(name, service, places, given);
  checkUdp(name, service, addresses);
  const subject = `${name} on ${addresses.join(" ")}`;
  const kinds = new Set(
    addresses.flatMap((address) => kindsOf(name, service, address)),
  );
  // A path with WebSocket has messages too.
  if (options.ws.length > 0) kinds.add("messages").add("ws");
  refuseOthers(SERVER_OPTIONS, given, kinds, subject);
  checkTls(addresses, given);
  checkGreeting(options);
  checkWorkers(given);
  checkRecord(options, given);
  for (const place of places) {
    checkFaultOptions(options, given, struckAt(service, place, options));
  }
  checkJoin(addresses, options);
  if (given.has("index") && !given.has("root")) {
    throw new UsageError(
      "--index lists the folders below --root, which is not given; write for example: --root . --index",
    );
  }
  return { args, name, service, addresses, places, given, options };
}

/** What faults strike at an address. */
function struckAt(
  { protocol }: Service,
  place: Place,
  { frame }: ServerOptions,
): Struck {
  const both = (over: FaultMedium, why?: string): Struck => ({
    toServer: over,
    toClient: over,
    why,
  });
  if (place.address.transport === "udp") return both("datagrams");
  if (protocol !== undefined) {
    return both("bytes", "faults see HTTP as a stream without them");
  }
  // A frame of WebSocket is a message.
  if (isWebSocket(place.address)) return both("messages");
  const known = place.framing ?? frame;
  return both(mediumOf(known), `--frame ${known} has none`);
}

/**
 * Tells what a service talks to at an address.
 *
 * @param name Name of the service.
 * @returns What options can apply to.
 */
export function kindsOf(
  name: string,
  { protocol }: Service,
  place: Pick<Address, "transport">,
): Kind[] {
  const own = `service ${name}` as const;
  const kinds = kindsAt(place);
  if (protocol === undefined) return [own, ...kinds];
  const above = new Set<Kind>(["messages", "framed"]);
  return [own, "http", ...kinds.filter((kind) => !above.has(kind))];
}

/** Refuses framings of addresses that would do nothing, or leave --frame nothing to do. */
function checkFramings(
  name: string,
  { protocol }: Service,
  places: readonly Place[],
  given: ReadonlySet<string>,
): void {
  const own = places.find(({ framing }) => framing !== undefined);
  if (own === undefined) return;
  if (protocol !== undefined) {
    throw new UsageError(
      `${own.framing}@ means nothing for ${name}: HTTP itself says where a message ends; leave it out`,
    );
  }
  checkFrameUsed(places, given);
}

/** A folder behind the port, as for the web servers of other languages. */
function checkFolder(name: string, places: readonly string[]): void {
  if (SERVICES[name]!.protocol === undefined) return;
  const folder = places.slice(1).find((place) => /^[^:\d]+$/.test(place));
  if (folder === undefined || /^[^:\d]+$/.test(places[0]!)) return;
  throw new UsageError(
    `"${folder}" is not an address; to serve the files of a folder write: ${name} ${
      places[0]
    } --root ${folder}`,
  );
}

/** What was meant by a word that is not a service. */
function hint(name: string, places: readonly string[]): string {
  const names = Object.keys(SERVICES);
  const service = places.find((place) => names.includes(place));
  if (service !== undefined) {
    return `; the service comes first, write: ${service} ${name}`;
  }
  const [frame, address] = splitPlace(name);
  if (frame !== undefined && names.includes(frame)) {
    return `; a service and its address are two words, write: ${frame} ${address}`;
  }
  const [scheme] = /^[a-z]+(?=:)/.exec(name) ?? [""];
  if (isTransport(scheme) || /^\d+$|:\d+$|@\d+$/.test(name)) {
    return `; the service comes first, write for example: echo ${name}`;
  }
  return `${didYouMean(name, names)}; the services are ${names.join(", ")}`;
}
