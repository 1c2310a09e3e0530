/**
 * Finds what one side did, while a recording is read.
 *
 * @module
 */

import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
  type Side,
} from "../framing/framing.ts";
import { otherSide } from "../framing/side.ts";
import { parseFraming } from "../framing/parse.ts";
import { isChunk, type RecordedEvent } from "./event.ts";
import { type CountOptions, ReceivedCount } from "./received_count.ts";
import type { ConnectionTurns, Turn, TurnsOptions } from "./turns.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

/** An event of one connection, except for a fault. */
type OnConnection = Exclude<
  Extract<RecordedEvent, { connection: number }>,
  { fault: string }
>;

/**
 * Takes the events of a recording one by one, as {@linkcode turnsOf} takes them all, so
 * that the events themselves need not be kept.
 *
 * @example Only one connection of a recording
 * ```ts
 * import { type RecordedEvent, TurnCollector } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * const events: RecordedEvent[] = [
 *   { t: 0, connection: 1, to: "server", bytes: Uint8Array.of(1) },
 *   { t: 0, connection: 2, to: "server", bytes: Uint8Array.of(2) },
 * ];
 * const collector = new TurnCollector("client");
 * for (const event of events) {
 *   if ("connection" in event && event.connection === 2) collector.add(event);
 * }
 * const [second] = collector.end();
 * assertEquals(second!.turns[0]!.bytes, Uint8Array.of(2));
 * ```
 */
export class TurnCollector {
  readonly #side: Side;
  readonly #options: CountOptions;
  readonly #found = new Map<number, Collected>();
  #over = 0;

  /**
   * Creates a collector without events.
   *
   * @param side The side that is to be played.
   * @param options How what it receives is counted.
   * @throws {TypeError} If the framing does not exist.
   */
  constructor(side: Side, options: TurnsOptions = {}) {
    const { framing: given, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } =
      options;
    const framing: Framing | undefined = typeof given === "string"
      ? parseFraming(given)
      : given;
    this.#side = side;
    this.#options = {
      framing: framing?.boundary === "frame" ? framing : undefined,
      from: otherSide(side),
      maxMessageBytes,
    };
  }

  /** How many connections were found so far. */
  get connections(): number {
    return this.#found.size;
  }

  /**
   * Takes the next event.
   *
   * @param event The event. Its bytes are kept and not copied.
   */
  add(event: RecordedEvent): void {
    if (!("connection" in event) || "fault" in event) return;
    const collected = this.#found.get(event.connection) ?? this.#begin(event);
    if (collected.isOver) return;
    collected.add(event, this.#side);
    if (collected.isOver) this.#over++;
  }

  /**
   * Ends the recording.
   *
   * @returns The connections in the order in which they were opened.
   */
  end(): ConnectionTurns[] {
    const found: ConnectionTurns[] = [];
    for (const [connection, collected] of this.#found) {
      found.push(collected.result());
      // What is left of it is not kept twice.
      this.#found.delete(connection);
    }
    return found;
  }

  #begin(event: OnConnection): Collected {
    const options = isOverUdp(event)
      ? { ...this.#options, framing: "datagrams" } as const
      : this.#options;
    const { connection, t } = event;
    const count = new ReceivedCount(options);
    const begun = new Collected(connection, t, this.#over, count);
    this.#found.set(connection, begun);
    return begun;
  }
}

function isOverUdp(event: OnConnection): boolean {
  return "event" in event && event.event === "open" &&
    [event.peer, event.server].some((text) => text?.startsWith("udp:"));
}

/** A turn whose unit may still change. */
type Counted = { -readonly [K in keyof Turn]: Turn[K] };

class Collected {
  isOver = false;
  readonly #connection: number;
  readonly #openedAt: number;
  readonly #after: number;
  readonly #count: ReceivedCount;
  #turns: Counted[] = [];
  // How many bytes had been received before each turn, while messages are counted.
  #bytesBefore: number[] = [];
  #received: Uint8Array[] = [];
  #otherEnd: "end" | "reset" | undefined;

  constructor(
    connection: number,
    openedAt: number,
    after: number,
    count: ReceivedCount,
  ) {
    this.#connection = connection;
    this.#openedAt = openedAt;
    this.#after = after;
    this.#count = count;
  }

  add(event: OnConnection, side: Side): void {
    if (isChunk(event)) {
      if (event.to !== side) this.#did(event.t, "send", event.bytes);
      else this.#get(event.bytes);
      return;
    }
    switch (event.event) {
      case "end":
        if (event.to === side) this.#otherEnd ??= "end";
        else this.#did(event.t, "end");
        break;
      case "reset":
        // Without a side it is not known which of them did it.
        if (event.to === side) this.#otherEnd ??= "reset";
        else this.#did(event.t, "reset");
        this.#finish();
        break;
      case "refused":
      case "close":
        this.#did(event.t, "close");
        this.#finish();
    }
  }

  result(): ConnectionTurns {
    this.#finish();
    return {
      connection: this.#connection,
      openedAt: this.#openedAt,
      after: this.#after,
      turns: this.#turns,
      received: this.#received,
      receivedCount: this.#count.value,
      otherEnd: this.#otherEnd,
      unit: this.#count.unit,
    };
  }

  #get(bytes: Uint8Array): void {
    const count = this.#count;
    this.#received.push(bytes);
    const before = count.unit;
    count.add(bytes);
    if (count.unit === before) return;
    this.#turns.forEach((turn, i) => turn.after = this.#bytesBefore[i]!);
    this.#bytesBefore = [];
  }

  #did(t: number, what: Turn["do"], bytes = NOTHING): void {
    const { bytes: received, unit, value } = this.#count;
    this.#turns.push({ t, after: value, do: what, bytes });
    if (unit === "messages") this.#bytesBefore.push(received);
  }

  /** Frees what only a connection that goes on needs. */
  #finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#count.end();
    this.#bytesBefore = [];
    // An array that grows has room for 16 more.
    this.#turns = this.#turns.slice();
    this.#received = this.#received.slice();
  }
}
