/**
 * What a command line talks to, in kinds, and the options that go with each.
 *
 * An option names the kinds it applies to. A command line comes to a set of
 * kinds. An option that applies to none of them would do nothing, so it is
 * refused: that is the one rule, for both executables.
 *
 * ```text
 * echo tcp://[::1]:1 udp://[::1]:1  ─► service echo, messages framed stream tcp,
 *                                      datagrams
 * http://127.0.0.1/ (the client)    ─► http
 * ```
 *
 * @module
 */

import type { Transport } from "../../mod.ts";
import { type AddressForm, TRANSPORTS } from "../../lib/start.ts";
import { UsageError } from "../output/failure.ts";
import type { OptionTable } from "./option.ts";

/** What each kind is called in a sentence, and how to come to it. */
const KINDS = {
  messages: ["messages over a connection"],
  framed: ["messages in a framing"],
  ws: ["WebSocket", "write ws://HOST:PORT/PATH, or"],
  stream: ["connections"],
  datagrams: ["UDP", "write udp://HOST:PORT, or"],
  tcp: ["tcp: and tls: addresses"],
  tls: ["TLS", "write tls://HOST:PORT, or"],
  "target-datagrams": ["UDP to TARGET"],
  "target-framed": ["messages in a framing to TARGET"],
  "target-ws": ["WebSocket to TARGET", "write ws://HOST:PORT as TARGET, or"],
  "target-tls": ["TLS to TARGET", "write tls://HOST:PORT as TARGET, or"],
  unix: ["unix: addresses"],
  http: ["HTTP", "write http://HOST:PORT/PATH, or"],
  https: ["TLS", "write https://HOST/PATH, or"],
} as const satisfies Record<string, readonly [string, string?]>;

/** A service by its name, such as `"service greet"`, for its own options. */
export type ServiceKind = `service ${string}`;

/** What a command line talks to. */
export type Kind = keyof typeof KINDS | ServiceKind;

/** A transport that a command line can name. */
export type TypedTransport = Exclude<Transport, "memory" | "stream">;

/** The transports that a command line can name. */
export const TYPED_TRANSPORTS: readonly TypedTransport[] =
  (Object.keys(TRANSPORTS) as Transport[]).filter(isTransport);

/** The same at TARGET, of a command that joins its clients with a server. */
const OF_TARGET: Readonly<Partial<Record<Kind, Kind>>> = {
  datagrams: "target-datagrams",
  framed: "target-framed",
  tls: "target-tls",
  ws: "target-ws",
};

/** Something that is at a transport, such as an address. */
interface Placed {
  readonly transport: Transport;
}

/** Gives the kinds of what is at an address. */
export function kindsAt({ transport }: Placed): readonly Kind[] {
  if (!isTransport(transport)) return [];
  const { carries, isTcp, isTls } = TRANSPORTS[transport];
  if (carries === "datagrams") return ["datagrams"];
  const kinds: Kind[] = ["messages", "stream"];
  kinds.push(carries === "messages" ? "ws" : "framed");
  if (isTcp) kinds.push("tcp");
  if (isTls) kinds.push("tls");
  if (transport === "unix") kinds.push("unix"); // has --mode
  return kinds;
}

/** Gives the kinds of what is at TARGET. */
export function kindsAtTarget(target: Placed): readonly Kind[] {
  return kindsAt(target).flatMap((kind) => OF_TARGET[kind] ?? []);
}

/** Whether WebSocket is at an address. */
export function isWebSocket(place: Placed): boolean {
  return kindsAt(place).includes("ws");
}

/** Whether messages need no framing there, as over WebSocket and UDP. */
export function hasOwnMessages(place: Placed): boolean {
  return isWebSocket(place) || kindsAt(place).includes("datagrams");
}

/** The schemes of addresses of these forms, for a regular expression. */
export function schemesOf(...forms: readonly AddressForm[]): string {
  return TYPED_TRANSPORTS
    .filter((name) => forms.includes(TRANSPORTS[name].form)).join("|");
}

/** Whether a word is the scheme of an address. */
export function isTransport(word: string): word is TypedTransport {
  return Object.hasOwn(TRANSPORTS, word) &&
    TRANSPORTS[word as Transport].form !== "name";
}

function wordsOf(kind: Kind): readonly [string, string?] {
  return isService(kind) ? [`the ${kind}`] : KINDS[kind];
}

function isService(kind: Kind): kind is ServiceKind {
  return kind.startsWith("service ");
}

/**
 * Refuses the options that would do nothing.
 *
 * @param given The names of those that were given.
 * @param kinds What the command line talks to.
 * @param subject What it is called in a sentence, such as its address.
 * @throws {UsageError} If an option applies to none of the kinds.
 */
export function refuseOthers(
  table: OptionTable,
  given: ReadonlySet<string>,
  kinds: ReadonlySet<Kind>,
  subject: string,
): void {
  for (const name of given) {
    const { appliesTo, instead = {} } = table[name]!;
    if (appliesTo === undefined || appliesTo.some((kind) => kinds.has(kind))) {
      continue;
    }
    for (const kind of kinds) {
      const reason = instead[kind];
      if (reason === undefined) continue;
      throw new UsageError(
        `--${name} means nothing over ${
          wordsOf(kind)[0]
        }: ${reason}; leave it out`,
      );
    }
    throw new UsageError(
      `--${name} is for ${listed(appliesTo)}, and ${subject} is not; ${
        adviceFor(appliesTo, kinds)
      }leave it out`,
    );
  }
}

/** What kinds are called: "TLS" for that of either side, "TLS, WebSocket and UDP". */
function listed(kinds: readonly Kind[]): string {
  const words = new Set(kinds.map((kind) => wordsOf(kind)[0]));
  for (const word of words) words.delete(`${word} to TARGET`);
  const [last, ...others] = [...words].reverse();
  return others.length === 0
    ? last!
    : `${others.reverse().join(", ")} and ${last}`;
}

/** How to come to a kind; https: is the TLS of http:. */
function adviceFor(
  appliesTo: readonly Kind[],
  kinds: ReadonlySet<Kind>,
): string {
  const wanted = kinds.has("http")
    ? appliesTo.find((kind) => kind === "https") ?? appliesTo[0]!
    : appliesTo.find((kind) => kind !== "https")!;
  const [, form] = wordsOf(wanted);
  return form === undefined ? "" : `${form} `;
}

/**
 * Leaves the options that apply to a kind.
 *
 * @typeParam O The options.
 * @param kinds What is talked to.
 * @returns Those that would do something.
 */
export function applicable(
  table: OptionTable,
  kinds: Iterable<Kind>,
): OptionTable {
  const known = new Set(kinds);
  const entries = Object.entries(table).filter(([, { appliesTo }]) =>
    appliesTo === undefined || appliesTo.some((kind) => known.has(kind))
  );
  return Object.fromEntries(entries);
}
