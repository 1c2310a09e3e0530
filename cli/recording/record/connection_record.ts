/**
 * Records one connection: what goes over it, and how it ends.
 *
 * ```text
 *   open ── a fault resets it ──► reset ── close() ──► over
 *     └──────────────── close() ───────────────────────►
 * ```
 *
 * @module
 */

import { otherSide } from "../../../lib/core.ts";
import type { Side } from "../../../lib/framing/mod.ts";

/** What can be said of a connection that is open. */
export type ConnectionEvent =
  | { readonly to: Side; readonly bytes: Uint8Array }
  | { readonly to: Side; readonly event: "end" }
  | { readonly to: Side; readonly event: "reset" }
  | {
    readonly to?: Side | undefined;
    readonly fault: string;
    readonly message?: number | undefined;
    readonly offset?: number | undefined;
  }
  | { readonly event: "refused"; readonly why: string }
  | {
    readonly event: "close";
    readonly why: string;
    readonly toServer: number;
    readonly toClient: number;
  };

/** A fault that struck, as far as a recording has it. */
export interface Strike {
  /** The fault, such as `delay:200ms`. */
  readonly fault: string;
  /** Its name, such as `delay`. */
  readonly name: string;
  /** Which way the struck bytes go. */
  readonly direction?: "toServer" | "toClient" | undefined;
  /** The struck message. */
  readonly message?: number | undefined;
  /** Where it struck: bytes since the direction began. */
  readonly offset?: number | undefined;
}

/** Records one connection. */
export class ConnectionRecord {
  /** The connection's number in the recording. */
  readonly number: number;
  readonly #add: (event: ConnectionEvent) => void;
  readonly #room: () => Promise<void> | undefined;
  readonly #bytes = { server: 0, client: 0 };
  #endedFirst: Side | undefined;
  // The sides to which nothing more goes.
  readonly #ended = new Set<Side>();
  readonly #reset = new Set<Side>();
  #state: "open" | "reset" | "over" = "open";

  constructor(
    number: number,
    add: (event: ConnectionEvent) => void,
    room: () => Promise<void> | undefined,
  ) {
    this.number = number;
    this.#add = add;
    this.#room = room;
  }

  /** As {@linkcode Recorder.room}. */
  room(): Promise<void> | undefined {
    return this.#room();
  }

  /** Bytes that go to a side, which are copied or encoded at once. */
  chunk(to: Side, bytes: Uint8Array): void {
    if (this.#state === "over") return;
    this.#bytes[to] += bytes.length;
    this.#add({ to, bytes });
  }

  /** Nothing more goes to a side. */
  end(to: Side): void {
    if (this.#state === "over" || this.#ended.has(to)) return;
    this.#ended.add(to);
    this.#endedFirst ??= otherSide(to);
    this.#add({ to, event: "end" });
  }

  /** A side has noticed that the link is lost. */
  reset(to: Side): void {
    if (this.#state === "over" || this.#reset.has(to)) return;
    this.#reset.add(to);
    this.#endedFirst ??= otherSide(to);
    this.#add({ to, event: "reset" });
  }

  /** A fault has reset both sides, and neither of them has ended first. */
  resetByFault(): void {
    if (this.#state === "over") return;
    this.#state = "reset";
    this.#add({ to: "server", event: "reset" });
    this.#add({ to: "client", event: "reset" });
  }

  /** A fault strikes what goes to a side. */
  fault({ direction, fault, message, offset }: Strike): void {
    if (this.#state === "over") return;
    const to = direction === undefined
      ? undefined
      : direction === "toServer"
      ? "server"
      : "client";
    this.#add({ to, fault, message, offset });
  }

  /** The other side of a relay could not be opened. */
  refused(why: string): void {
    if (this.#state !== "over") this.#add({ event: "refused", why });
  }

  /**
   * The connection is over. It can be called again.
   *
   * @param why What ended it, unless it is known which side ended first.
   */
  close(why: string): void {
    if (this.#state === "over") return;
    const isByFault = this.#state === "reset";
    this.#state = "over";
    this.#add({
      event: "close",
      why: isByFault ? "fault" : this.#endedFirst ?? why,
      toServer: this.#bytes.server,
      toClient: this.#bytes.client,
    });
  }
}
