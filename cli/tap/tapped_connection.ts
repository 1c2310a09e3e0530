/**
 * One connection of a tap: what the relay shows of it, as messages for the views.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import {
  FrameWatch,
  type RelayDirection,
  type RelayReport,
  type WatchedFramings,
  type WatchedMessage,
} from "../../lib/relay/mod.ts";
import type { FaultEvent } from "../../lib/testing/mod.ts";
import type { RunningFaults } from "../faults/running_faults.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { TapView } from "./tap_event.ts";
import { lookInto } from "./websocket_frame.ts";

/** What all connections of a tap share. */
export interface TapSettings {
  /** The framing of each direction. */
  readonly framing: WatchedFramings;
  /** Largest message in bytes. */
  readonly maxMessageBytes: number;
  /** Gives the time. */
  readonly terminal: Pick<Terminal, "elapsedMs" | "now">;
  /** Who looks. */
  readonly views: readonly TapView[];
  /** Gives what the next read of any connection waits for. */
  readonly ready?: (() => Promise<void> | undefined) | undefined;
  /** Breaks the connections on purpose. */
  readonly faults?: RunningFaults | undefined;
}

/** What passed in one direction. */
interface Passed {
  bytes: number;
  // When the last message passed, if no message the other way came after it.
  lastMs: number | undefined;
}

/** Finds the messages of one connection and gives them to the views. */
export class TappedConnection {
  /** Its number, from 1. */
  readonly number: number;
  readonly #settings: TapSettings;
  readonly #watch: FrameWatch;
  // Whose frames are masked, so that their bytes alone say nothing.
  readonly #isWebSocket: Readonly<Record<RelayDirection, boolean>>;
  readonly #passed: Record<RelayDirection, Passed> = {
    toServer: { bytes: 0, lastMs: undefined },
    toClient: { bytes: 0, lastMs: undefined },
  };

  // Of this read or end, for all its messages: asking takes as long as decoding one.
  #timeOfRead: { readonly at: Date; readonly ms: number } | undefined;

  constructor(number: number, settings: TapSettings) {
    this.number = number;
    this.#settings = settings;
    const { framing, maxMessageBytes, terminal, views } = settings;
    this.#isWebSocket = {
      toServer: `${framing.toServer}` === "websocket",
      toClient: `${framing.toClient}` === "websocket",
    };
    this.#watch = new FrameWatch({
      framing,
      maxMessageBytes,
      now: () => terminal.elapsedMs(),
      isWanted: (direction) => views.some((view) => view.wants(direction)),
      onMessage: (found) => this.#message(found),
      onSkipped: (direction, count) => this.#skipped(direction, count),
      onError: (found) => {
        const error = { ...found, connection: number, at: this.#time().at };
        for (const view of views) view.error?.(error);
      },
    });
  }

  /** Takes note that it was opened. */
  opened(peer: Address): void {
    for (const view of this.#settings.views) view.opened?.(this.number, peer);
  }

  /** Takes note of its end. */
  closed(report: RelayReport, wasJoined: boolean): void {
    const end = { connection: this.number, report, wasJoined };
    for (const view of this.#settings.views) view.closed?.(end);
  }

  /** Bytes of one read, before they are passed on. */
  readonly onChunk = (direction: RelayDirection, bytes: Uint8Array): void => {
    this.#timeOfRead = undefined;
    this.#passed[direction].bytes += bytes.length;
    for (const view of this.#settings.views) {
      view.chunk?.(this.number, direction, bytes);
    }
    this.#watch.onChunk(direction, bytes);
  };

  /** A fault strikes, before the bytes that it strikes are passed on. */
  readonly onStrike = (event: FaultEvent): void => {
    const strike = { ...event, at: this.#settings.terminal.now() };
    for (const view of this.#settings.views) view.fault?.(strike);
  };

  /** A side has finished sending. */
  readonly onEnd = (direction: RelayDirection): void => {
    this.#timeOfRead = undefined;
    this.#watch.onEnd(direction);
    for (const view of this.#settings.views) {
      view.finished?.(this.number, direction);
    }
  };

  /** About how much memory is held for messages that have begun, in bytes. */
  get heldBytes(): number {
    const watch = this.#watch;
    return heldFor(watch.pendingBytes("toServer")) +
      heldFor(watch.pendingBytes("toClient"));
  }

  /** How many messages and bytes have passed in a direction. */
  totals(direction: RelayDirection): { messages: number; bytes: number } {
    const { bytes } = this.#passed[direction];
    return { messages: this.#watch.messages(direction), bytes };
  }

  #message(found: WatchedMessage): void {
    const { views } = this.#settings;
    const { direction } = found;
    const webSocket = this.#isWebSocket[direction] && !found.isRaw
      ? lookInto(found.frame)
      : undefined;
    const message = {
      ...found,
      ...webSocket && { webSocket, message: webSocket.payload },
      connection: this.number,
      at: this.#time().at,
      answerMs: this.#answerMs(direction),
    };
    for (const view of views) {
      if (view.wants(direction)) view.message?.(message);
      // Another view wanted it.
      else view.skipped?.(direction, 1);
    }
  }

  #skipped(direction: RelayDirection, count: number): void {
    this.#answerMs(direction);
    for (const view of this.#settings.views) view.skipped?.(direction, count);
  }

  #time(): { readonly at: Date; readonly ms: number } {
    const { terminal } = this.#settings;
    return this.#timeOfRead ??= {
      at: terminal.now(),
      ms: terminal.elapsedMs(),
    };
  }

  /** Notes that a message passes; says how long ago the question was. */
  #answerMs(direction: RelayDirection): number | undefined {
    const { toClient, toServer } = this.#passed;
    const [own, other] = direction === "toServer"
      ? [toServer, toClient]
      : [toClient, toServer];
    const now = this.#time().ms;
    const asked = other.lastMs;
    other.lastMs = undefined;
    own.lastMs = now;
    // What a client says next has taken its own time, and is not an answer.
    return asked === undefined || direction === "toServer"
      ? undefined
      : now - asked;
  }
}

// They are in a buffer with room for more, of at least 4 KiB.
function heldFor(pendingBytes: number): number {
  return pendingBytes === 0 ? 0 : Math.max(4096, 2 * pendingBytes);
}
