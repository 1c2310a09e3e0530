/**
 * Places on the command line: an address, and before an @ how its messages are framed.
 *
 * ```text
 * 7342                       as --frame says
 * length:4@7342              length:4
 * line@localhost 9101        line, and two words, as for nc
 * netstring@unix:app@2.sock  netstring, at the socket app@2.sock
 * delimiter:\x40@7342        an @ of the framing is written as \x40
 * ```
 *
 * @module
 */

import type { Framing } from "../../lib/framing/mod.ts";
import { type Address, framingOf } from "../../lib/start.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";
import { type IsSocket, readAddress, writtenAddress } from "./address.ts";
import { hasOwnMessages, isWebSocket, schemesOf } from "./kinds.ts";

/** An address, and how its messages are framed. */
export interface Place {
  /** The address. */
  readonly address: Address;
  /** The framing before the @; `undefined` if there is none. */
  readonly framing: Framing | undefined;
}

/** What was typed at the place of an address. */
export interface WrittenPlace {
  /** The string of the framing; `undefined` if there is none. */
  readonly frame: string | undefined;
  /** The address as the library reads it. */
  readonly text: string;
  /** How many words it took: two for HOST PORT. */
  readonly words: 1 | 2;
}

/** Parts a word at the @ behind a framing. */
export function splitPlace(
  word: string,
): readonly [frame: string | undefined, address: string] {
  // Nearly every word; the expressions below take time to make.
  if (!word.includes("@")) return [undefined, word];
  // What names a transport or a file has no framing before it.
  const addressAlone = new RegExp(
    `^([a-z][a-z0-9+.-]*://|(${schemesOf("host", "path")}):|[./~])`,
    "i",
  );
  if (addressAlone.test(word)) return [undefined, word];
  const beforeScheme = new RegExp(
    `^(.+?)@((?:(?:${schemesOf("path")}):|[a-z][a-z0-9+.-]*://).*)$`,
    "is",
  );
  const last = /^(.+)@(.*)$/s;
  const [, frame, address = word] = beforeScheme.exec(word) ??
    last.exec(word) ??
    [];
  return [frame, address];
}

/**
 * As `writtenAddress`, of a place.
 *
 * @throws {UsageError} If one side of the @ is empty.
 */
export function writtenPlace(
  words: readonly string[],
  isSocket: IsSocket,
): WrittenPlace {
  const [first = "", ...rest] = words;
  if (first.includes("@") && isSocket(first)) {
    return { frame: undefined, ...writtenAddress(words, isSocket) };
  }
  const [frame, address] = splitPlace(first);
  if (frame !== undefined && address === "") {
    throw new UsageError(
      `${first}: no address follows the @; write for example line@7342`,
    );
  }
  if (first.startsWith("@")) {
    throw new UsageError(
      `${first}: no framing is before the @; write for example line@7342`,
    );
  }
  return { frame, ...writtenAddress([address, ...rest], isSocket) };
}

/** Reads the string of a framing. */
export type ParseFraming = (text: string) => Framing;

/**
 * Reads what was typed at the place of an address.
 *
 * @param parse Reads the framing, as the command's `--frame` does.
 * @throws {UsageError} If the framing or the address is invalid, or the address has
 * messages of its own.
 */
export function readPlace(
  { frame, text }: WrittenPlace,
  parse: ParseFraming = framingOf,
): Place {
  if (frame === undefined) {
    return { address: readAddress(text), framing: undefined };
  }
  const framing = readFrame(frame, text, parse);
  const address = readAddress(text);
  if (!hasOwnMessages(address)) return { address, framing };
  const own = isWebSocket(address)
    ? "a frame of WebSocket is one message"
    : "one datagram is one message";
  throw new UsageError(
    `${frame}@ means nothing at ${address}: ${own}; leave it out`,
  );
}

/**
 * Reads the framing before an @.
 *
 * @param address What is behind it.
 * @throws {UsageError} If it is invalid.
 */
export function readFrame(
  frame: string,
  address: string,
  parse: ParseFraming = framingOf,
): Framing {
  try {
    return parse(frame);
  } catch (cause) {
    const advice = adviceFor(frame, address, cause);
    throw new UsageError(`${frame}@${address}: ${advice}`, { cause });
  }
}

/** What is wrong with the framing before an @, or what was meant by it. */
function adviceFor(frame: string, address: string, cause: unknown): string {
  const scheme = frame.toLowerCase();
  if (/^https?$/.test(scheme)) {
    return `${scheme} is not a framing; for HTTP write parley-server http ${address}, or parley-client ${scheme}://HOST:PORT`;
  }
  if (/^(tcp|tls|udp|wss?)$/.test(scheme)) {
    return `${scheme} is not a framing but how messages are carried; write ${scheme}://HOST:PORT`;
  }
  // A word with parameters was meant as a framing.
  const meaning = /^[\w.-]+$/.test(frame)
    ? "; before an @ is a framing such as line, and no name of a user"
    : "";
  return `${errorText(cause)}${meaning}`;
}

/**
 * Reads every place behind the name of a service.
 *
 * @param typed What was typed.
 * @param isSocket Looks at the disk.
 * @param parse As for {@linkcode readPlace}.
 * @throws {UsageError} If one is invalid.
 */
export function readPlaces(
  typed: readonly string[],
  isSocket: IsSocket,
  parse?: ParseFraming,
): Place[] {
  const places: Place[] = [];
  for (let at = 0; at < typed.length;) {
    const written = writtenPlace(typed.slice(at), isSocket);
    places.push(readPlace(written, parse));
    at += written.words;
  }
  return places;
}

/**
 * Refuses `--frame` where each address has a framing of its own.
 *
 * @param given The options that were given.
 * @throws {UsageError} If it would do nothing.
 */
export function checkFrameUsed(
  places: readonly Place[],
  given: ReadonlySet<string>,
): void {
  const own = places.find(({ framing }) => framing !== undefined);
  if (!given.has("frame") || own === undefined) return;
  const isUsed = places.some(({ address, framing }) =>
    framing === undefined && !hasOwnMessages(address)
  );
  if (isUsed) return;
  throw new UsageError(
    `--frame is for addresses without a framing of their own, and ${own.framing}@${own.address} has one; leave one out`,
  );
}

/** What a command line was taken apart to, as far as a framing changes it. */
interface Framed<O> {
  readonly given: ReadonlySet<string>;
  readonly options: O;
}

/**
 * Takes the framing before an @ for an option.
 *
 * @param parsed The options of the command line.
 * @param framing The framing; `undefined` changes nothing.
 * @param name The option that says the same.
 * @throws {UsageError} If the option is given too.
 */
export function framedBy<N extends string, O extends Record<N, unknown>>(
  parsed: Framed<O>,
  framing: Framing | undefined,
  name: N,
): Framed<O> {
  const { given, options } = parsed;
  if (framing === undefined) return parsed;
  if (given.has(name)) {
    throw new UsageError(
      `--${name} and ${framing}@ both say where a message ends; leave one out`,
    );
  }
  return {
    given: new Set([...given, name]),
    options: { ...options, [name]: framing },
  };
}

/**
 * Gives the one framing of several places.
 *
 * @returns The framing; `undefined` if none of the places has one.
 * @throws {UsageError} If they differ.
 */
export function oneFraming(
  places: readonly Place[],
  why: string,
): Framing | undefined {
  const framings = places.flatMap(({ framing }) => framing ?? []);
  const other = framings.find((one) => `${one}` !== `${framings[0]}`);
  if (other === undefined) return framings[0];
  throw new UsageError(
    `${framings[0]}@ and ${other}@ contradict each other: ${why}`,
  );
}
