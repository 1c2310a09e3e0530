/**
 * Guesses the framing of a conversation.
 *
 * ```text
 * known protocols ─┐
 * lengths          ├─► split both directions ─► evidence - cost ─► groups that give
 * delimiters       │   (what refuses is out)       in bits         the same messages
 * all others      ─┘                                                     │
 *                                            guesses, the best one first ◄┘
 * ```
 *
 * @module
 */

import type { Framing } from "../framing.ts";
import { parseFraming } from "../parse.ts";
import type { Candidate } from "./candidate.ts";
import { candidatesFor } from "./candidates.ts";
import { costOfEmpty, evidenceOf, placesOf } from "./evidence.ts";
import { type Guess, surenessOf } from "./guess.ts";
import { bitsOfBeginning, KNOWN_BEGINNINGS } from "./known_protocols.ts";
import { MOST_SNIFFED_BYTES } from "./sniff_buffer.ts";
import type { SniffedConversation, SniffedStream } from "./sniffed_stream.ts";
import { type Facing, isReversible, type Split, splitWith } from "./split.ts";

// What a framing pays whose encoder does not give the same bytes again.
const IRREVERSIBLE_BITS = 12;
// A message is at least this often what was meant, among about so many protocols.
const PROTOCOL_COST = 6;
const MOST_GUESSES = 5;
// More reads and changes of direction tell nothing new.
const MOST_PLACES = 1000;
const SHOWN_MESSAGES = 3;
// Alternatives that cost more than that are hardly ever meant.
const ALIKE_COST = 4;

/** A direction and which side sends it. */
interface Direction extends Facing {
  readonly stream: SniffedStream;
}

/** A candidate that fits, with what it makes of each direction. */
interface Fit {
  readonly bits: number;
  readonly candidate: Candidate;
  readonly isReversible: boolean;
  readonly splits: readonly Split[];
}

/**
 * Guesses the framing of a conversation from the first bytes of both directions, or
 * of one. At most 64 KiB of each direction are looked at, whatever comes after them.
 *
 * Both directions are expected in the same framing. Where the other side answered
 * tells most, so a conversation of a few short turns is known sooner than many bytes
 * of one direction.
 *
 * @param conversation The bytes, such as a `SniffBuffer`.
 * @returns At most five guesses, the best one first; none if nothing fits.
 *
 * @example Bytes of one direction
 * ```ts
 * import { sniffFraming } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("*1\r\n$4\r\nPING\r\n");
 * const [best] = sniffFraming({ toServer: { bytes, isComplete: true } });
 * assertEquals(best?.protocol, "Redis");
 * assertEquals(best?.framing, "redis");
 * ```
 */
export function sniffFraming(conversation: SniffedConversation): Guess[] {
  const directions = directionsOf(conversation);
  if (directions.length === 0) return [];
  const fits: Fit[] = [];
  const unframed: Guess[] = [];
  for (const { bits, begin } of knownOf(directions)) {
    const { framing, protocol } = begin;
    if (framing === undefined) unframed.push(guessOf(protocol, bits));
    else {
      const bonus = bits;
      add(fits, { bonus, cost: PROTOCOL_COST, framing, protocol }, directions);
    }
  }
  const streams = directions.map(({ stream }) => stream);
  for (const candidate of candidatesFor(streams)) {
    add(fits, candidate, directions);
  }
  const guesses = [...unframed, ...grouped(fits)];
  return guesses.sort((a, b) => b.bits - a.bits).slice(0, MOST_GUESSES);
}

function directionsOf(
  { toClient, toServer }: SniffedConversation,
): Direction[] {
  const connection = {};
  const found: Direction[] = [];
  if (toServer !== undefined && toServer.bytes.length > 0) {
    found.push({ connection, from: "client", stream: bounded(toServer) });
  }
  if (toClient !== undefined && toClient.bytes.length > 0) {
    found.push({ connection, from: "server", stream: bounded(toClient) });
  }
  return found;
}

function bounded(stream: SniffedStream): SniffedStream {
  const { bytes, isComplete = false, reads = [], turns = [] } = stream;
  const isHere = (place: number) => place <= MOST_SNIFFED_BYTES;
  return {
    bytes: bytes.subarray(0, MOST_SNIFFED_BYTES),
    isComplete: isComplete && isHere(bytes.length),
    reads: reads.slice(0, MOST_PLACES).filter(isHere),
    turns: turns.slice(0, MOST_PLACES).filter(isHere),
  };
}

/** Protocols by the first bytes, the surest beginning of each. */
function knownOf(directions: readonly Direction[]) {
  const found = new Map<
    string,
    { bits: number; begin: typeof KNOWN_BEGINNINGS[number] }
  >();
  for (const begin of KNOWN_BEGINNINGS) {
    for (const { from, stream } of directions) {
      if (begin.from !== undefined && begin.from !== from) continue;
      const bits = bitsOfBeginning(begin, stream.bytes);
      const before = found.get(begin.protocol)?.bits ?? 0;
      if (bits > before) found.set(begin.protocol, { bits, begin });
    }
  }
  return found.values();
}

function guessOf(protocol: string, bits: number): Guess {
  const sureness = surenessOf(bits);
  return {
    ...{ alike: [], bits, count: 0, framing: undefined },
    ...{ messages: [], protocol, sureness },
  };
}

function add(
  fits: Fit[],
  candidate: Candidate,
  directions: readonly Direction[],
): void {
  const framing = parseFraming(candidate.framing);
  // Directions that know of each other need a connection of their own.
  const connection = {};
  const faced = directions.map((direction) => ({ ...direction, connection }));
  const splits: Split[] = [];
  for (const direction of faced) {
    const split = splitWith(framing, direction.stream.bytes, direction);
    if (split === undefined) return;
    splits.push(split);
  }
  if (splits.every(({ messages }) => messages.length === 0)) return;
  const bits = (candidate.bonus ?? 0) - candidate.cost +
    faced.reduce(
      (sum, direction, i) =>
        sum + evidence(framing, candidate, splits[i]!, direction),
      0,
    );
  // A protocol may write in several forms, of which the encoder has one.
  const reversible = candidate.protocol !== undefined ||
    faced.every((direction, i) =>
      isReversible(framing, splits[i]!, direction.stream.bytes, {
        ...direction,
        connection: undefined,
      })
    );
  fits.push({
    bits: reversible ? bits : bits - IRREVERSIBLE_BITS,
    candidate,
    isReversible: reversible,
    splits,
  });
}

/** A rule that fits at every place gets nothing for a message. */
function evidence(
  framing: Framing,
  { framing: name }: Candidate,
  split: Split,
  direction: Direction,
): number {
  const { stream } = direction;
  // Empty lines are usual.
  if (/^(?:fixed|line)/.test(name)) return placesOf(split, stream);
  if (name.startsWith("delimiter")) {
    return placesOf(split, stream) - costOfEmpty(split);
  }
  return evidenceOf(framing, split, stream, direction);
}

/** One guess for all that give the same messages. */
function grouped(fits: readonly Fit[]): Guess[] {
  const groups: Fit[][] = [];
  for (const fit of fits) {
    const group = groups.find(([first]) => hasSameMessages(first!, fit));
    if (group === undefined) groups.push([fit]);
    else group.push(fit);
  }
  return groups.map((group) => {
    const [best, ...others] = group.toSorted((a, b) =>
      Number(b.isReversible) - Number(a.isReversible) ||
      Number(b.candidate.protocol !== undefined) -
        Number(a.candidate.protocol !== undefined) ||
      a.candidate.cost - b.candidate.cost
    );
    const { candidate, splits } = best!;
    const bits = Math.max(
      ...group.filter((fit) => fit.isReversible === best!.isReversible)
        .map((fit) => fit.bits),
    );
    const messages = splits.flatMap((split) => split.messages);
    return {
      alike: others
        .filter((fit) =>
          fit.isReversible === best!.isReversible &&
          fit.candidate.cost <= candidate.cost + ALIKE_COST
        )
        .map((fit) => fit.candidate.framing),
      bits,
      count: messages.length,
      framing: candidate.framing,
      messages: messages.slice(0, SHOWN_MESSAGES),
      ...(candidate.protocol === undefined
        ? {}
        : { protocol: candidate.protocol }),
      sureness: surenessOf(bits),
    };
  });
}

function hasSameMessages(a: Fit, b: Fit): boolean {
  return a.splits.every(({ messages }, i) => {
    const others = b.splits[i]!.messages;
    return messages.length === others.length &&
      messages.every((message, j) => isSame(message, others[j]!));
  });
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
