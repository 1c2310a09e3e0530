/**
 * What one side of a recorded connection has to do to play it again, and what it has to
 * have received before each step.
 *
 * ```text
 * recorded   → "a\n"   ← "A\n"   → "b\n"   → end   ← "B\n"
 * client     send a            send b after 1 message, end after 1; gets A, B
 * server     send A after 1 message               send B after 2; gets a, b, end
 * ```
 *
 * Time alone would play answers before their questions on a slower machine. So a step
 * has both: when it was done, and how much had been received by then.
 *
 * @module
 */

import type { Framing, Side } from "../framing/framing.ts";
import type { RecordedEvent } from "./event.ts";
import { TurnCollector } from "./turn_collector.ts";

/** One thing that a side did. */
export interface Turn {
  /** When, in seconds since the recording began. */
  readonly t: number;
  /**
   * How much this side had received by then: messages, or what the connection's `unit`
   * says.
   */
  readonly after: number;
  /** What it did. */
  readonly do: "send" | "end" | "reset" | "close";
  /** What it sent; empty for the others. */
  readonly bytes: Uint8Array;
}

/** What one side of one connection did and received. */
export interface ConnectionTurns {
  /** The connection's number in the recording. */
  readonly connection: number;
  /** When it was opened, in seconds since the recording began. */
  readonly openedAt: number;
  /** How many connections were over by then. */
  readonly after: number;
  /** What this side did, in order. */
  readonly turns: readonly Turn[];
  /** What this side received, as it was cut. */
  readonly received: readonly Uint8Array[];
  /** How the other side ended, if it did before the connection was over. */
  readonly otherEnd: "end" | "reset" | undefined;
  /** How much this side received in all, in `unit`; a last message that only an end would complete is not counted. */
  readonly receivedCount: number;
  /** What `receivedCount` and `after` of each turn count. */
  readonly unit: "messages" | "datagrams" | "bytes";
}

/** Options for {@linkcode turnsOf}. */
export interface TurnsOptions {
  /**
   * The framing of what this side receives, or its string. Without one, or if the bytes
   * do not fit it, bytes are counted.
   */
  readonly framing?: Framing | string | undefined;
  /**
   * Largest message in bytes.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
}

/**
 * Finds what one side did in a recording, connection by connection.
 *
 * @param events The events of a recording.
 * @param side The side that is to be played.
 * @param options How what it receives is counted.
 * @returns The connections in the order in which they were opened. The bytes are those
 * of the events, which are not copied.
 * @throws {TypeError} If the framing does not exist.
 *
 * @example The client's side
 * ```ts
 * import { type RecordedEvent, turnsOf } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = (text: string) => new TextEncoder().encode(text);
 * const events: RecordedEvent[] = [
 *   { t: 0, connection: 1, event: "open" },
 *   { t: 0.1, connection: 1, to: "server", bytes: bytes("a\n") },
 *   { t: 0.2, connection: 1, to: "client", bytes: bytes("A\n") },
 *   { t: 0.3, connection: 1, to: "server", bytes: bytes("b\n") },
 * ];
 * const [first] = turnsOf(events, "client", { framing: "line" });
 * assertEquals(first!.turns.map(({ after, t }) => [t, after]), [[0.1, 0], [0.3, 1]]);
 * ```
 */
export function turnsOf(
  events: Iterable<RecordedEvent>,
  side: Side,
  options: TurnsOptions = {},
): ConnectionTurns[] {
  const collector = new TurnCollector(side, options);
  for (const event of events) collector.add(event);
  return collector.end();
}
