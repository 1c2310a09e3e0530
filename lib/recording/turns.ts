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

import { FrameDecoder } from "../framing/frame_decoder.ts";
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
  type Side,
} from "../framing/framing.ts";
import { parseFraming } from "../framing/parse.ts";
import { isChunk, type RecordedEvent } from "./event.ts";

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

const NOTHING: Uint8Array = new Uint8Array(0);

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
  const { framing: given, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } =
    options;
  const framing = typeof given === "string" ? parseFraming(given) : given;
  const counted = framing?.boundary === "frame" ? framing : undefined;
  const from = side === "client" ? "server" : "client";
  const found = new Map<number, Collected>();
  let over = 0;
  for (const event of events) {
    if (!("connection" in event) || "fault" in event) continue;
    const { connection, t } = event;
    let collected = found.get(connection);
    if (collected === undefined) {
      const count = isOverUdp(event)
        ? new Count("datagrams")
        : new Count(counted, { from, maxMessageBytes });
      collected = new Collected(connection, t, over, count);
      found.set(connection, collected);
    }
    if (collected.isOver) continue;
    collected.add(event, side);
    if (collected.isOver) over++;
  }
  return [...found.values()].map((collected) => collected.result());
}

function isOverUdp(event: RecordedEvent): boolean {
  return "event" in event && event.event === "open" &&
    [event.peer, event.server].some((text) => text?.startsWith("udp:"));
}

/** Counts what was received, in messages for as long as that is possible. */
class Count {
  bytes = 0;
  messages = 0;
  unit: ConnectionTurns["unit"];
  readonly #decoder: FrameDecoder | undefined;

  constructor(
    framing: Framing | "datagrams" | undefined,
    options: { readonly from?: Side; readonly maxMessageBytes?: number } = {},
  ) {
    if (framing === undefined || framing === "datagrams") {
      this.unit = framing ?? "bytes";
    } else {
      this.unit = "messages";
      const onBadFrame = () => {};
      this.#decoder = new FrameDecoder(framing, { ...options, onBadFrame });
    }
  }

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.unit === "datagrams") this.messages++;
    if (this.unit !== "messages") return;
    const decoder = this.#decoder!;
    decoder.push(chunk);
    try {
      while (decoder.skip() >= 0) this.messages++;
    } catch {
      // The other side broke the framing, which is worth playing too.
      this.unit = "bytes";
    }
  }

  /** In the unit that it has come to. */
  of({ messages, bytes }: Amount): number {
    return this.unit === "bytes" ? bytes : messages;
  }
}

/** How much had been received. */
type Amount = Readonly<Pick<Count, "messages" | "bytes">>;

/** A turn whose unit is not known yet. */
type Counted = Omit<Turn, "after"> & { readonly had: Amount };

class Collected {
  isOver = false;
  readonly #connection: number;
  readonly #openedAt: number;
  readonly #after: number;
  readonly #count: Count;
  readonly #turns: Counted[] = [];
  readonly #received: Uint8Array[] = [];
  #otherEnd: "end" | "reset" | undefined;

  constructor(
    connection: number,
    openedAt: number,
    after: number,
    count: Count,
  ) {
    this.#connection = connection;
    this.#openedAt = openedAt;
    this.#after = after;
    this.#count = count;
  }

  add(
    event: Extract<RecordedEvent, { connection: number }>,
    side: Side,
  ): void {
    if ("fault" in event) return;
    if (isChunk(event)) {
      if (event.to !== side) return this.#did(event.t, "send", event.bytes);
      this.#received.push(event.bytes);
      this.#count.add(event.bytes);
      return;
    }
    switch (event.event) {
      case "end":
        if (event.to === side) this.#otherEnd ??= "end";
        else this.#did(event.t, "end");
        break;
      case "reset":
        this.isOver = true;
        // Without a side it is not known which of them did it.
        if (event.to === side) this.#otherEnd ??= "reset";
        else this.#did(event.t, "reset");
        break;
      case "refused":
      case "close":
        this.isOver = true;
        this.#did(event.t, "close");
    }
  }

  result(): ConnectionTurns {
    const count = this.#count;
    return {
      connection: this.#connection,
      openedAt: this.#openedAt,
      after: this.#after,
      turns: this.#turns.map(({ had, ...turn }) => ({
        ...turn,
        after: count.of(had),
      })),
      received: this.#received,
      receivedCount: count.of(count),
      otherEnd: this.#otherEnd,
      unit: count.unit,
    };
  }

  #did(t: number, what: Turn["do"], bytes = NOTHING): void {
    const { bytes: received, messages } = this.#count;
    const had = { bytes: received, messages };
    this.#turns.push({ t, do: what, bytes, had });
  }
}
