/**
 * The log of a hub: its members, its rooms, and what could not be passed on.
 *
 * @module
 */

import type { BackboneState, HubEvent, RoomStats } from "../../lib/hub/mod.ts";
import { noticeText } from "../../lib/hub/mod.ts";
import { counted } from "../output/counted.ts";
import { formatDuration } from "../arguments/durations.ts";
import { bareReason } from "../output/error_text.ts";
import type { Log } from "../output/log.ts";
import { ServerLog } from "../server/server_log.ts";

// The most lines of one kind for one member; the line of its end has the counts.
const TOLD_EACH = 5;

/** Turns the events of a hub into lines of its log. */
export class HubLog extends ServerLog {
  readonly #lines: Log;
  readonly #told = new WeakMap<object, number>();
  readonly #noticed: (event: HubEvent) => boolean;

  /** @param noticed Whether the terminal shows a notice of the event already. */
  constructor(log: Log, noticed: (event: HubEvent) => boolean = () => false) {
    super(log);
    this.#lines = log;
    this.#noticed = noticed;
  }

  /** Logs an event of the hub, or of its server. */
  hubEvent(event: HubEvent): void {
    if (this.#noticed(event)) return;
    switch (event.type) {
      case "joined":
        return this.#joined(event);
      case "left":
        return this.#left(event);
      case "finished": {
        const { name } = event.member;
        return this.#lines.soon(
          { event: "finished", name },
          `${name} has finished sending`,
        );
      }
      case "renamed":
        return this.#lines.soon(
          { event: "renamed", name: event.member.name, before: event.before },
          `${event.before} is now ${event.member.name}`,
        );
      case "dropped":
        return this.#missed(event, "it read too slowly");
      case "skipped":
        return this.#missed(event, event.reason);
      case "not_passed_on":
        return this.#notPassedOn(event);
      case "room_closed":
        return this.#roomClosed(event.stats);
      case "gap": {
        const { gap, room } = event;
        const text = noticeText({ event: "gap", room, ...gap });
        return this.#lines.now(
          { event: "gap", room, ...gap },
          `${room}: ${text}`,
        );
      }
      case "backbone":
        return this.#backbone(event.state);
      default:
        return this.event(event);
    }
  }

  #joined({ member, room }: HubEvent & { type: "joined" }): void {
    const { name } = member;
    this.#lines.soon({ event: "joined", name, room }, `${name} joined ${room}`);
  }

  #left({ member, room, why }: HubEvent & { type: "left" }): void {
    const { name, stats } = member;
    const { delivered, dropped, refused, sent, skipped } = stats;
    const counts = `sent ${sent}, got ${delivered}${
      dropped === 0 ? "" : `, ${dropped} dropped`
    }${skipped === 0 ? "" : `, ${skipped} skipped`}${
      refused === 0 ? "" : `, ${refused} not passed on`
    }`;
    const event = { event: "left", name, room, why, sent, delivered };
    const line = [
      { ...event, dropped, skipped, refused },
      `${name} left ${room}: ${why === "slow" ? "too slow" : why}; ${counts}`,
    ] as const;
    // A member that was cut is a loss, which is logged with --quiet too.
    if (why === "slow") this.#lines.now(...line);
    else this.#lines.soon(...line);
  }

  #missed(
    { member, missed, type }: HubEvent & { type: "dropped" | "skipped" },
    reason: string,
  ): void {
    if (!this.#mayTell(member)) return;
    const { name } = member;
    this.#lines.now(
      { event: type, name, missed, reason },
      `${counted(missed, "message")} to ${name} ${type}: ${reason}`,
    );
  }

  #notPassedOn(
    { member, reason }: HubEvent & { type: "not_passed_on" },
  ): void {
    if (!this.#mayTell(member)) return;
    const { name } = member;
    this.#lines.soon(
      { event: "not_passed_on", name, reason },
      `not passed on from ${name}: ${reason}`,
    );
  }

  /** A member can cause a million such lines. */
  #mayTell(member: object): boolean {
    const count = (this.#told.get(member) ?? 0) + 1;
    this.#told.set(member, count);
    return count <= TOLD_EACH;
  }

  #roomClosed(stats: RoomStats): void {
    const { deliveries, dropped, messages, name, skipped } = stats;
    this.#lines.soon(
      {
        event: "room_closed",
        room: name,
        messages,
        deliveries,
        dropped,
        skipped,
      },
      `room ${name} is empty: ${
        counted(messages, "message")
      }, ${deliveries} delivered, ${dropped} dropped, ${skipped} skipped`,
    );
  }

  #backbone(state: BackboneState): void {
    switch (state.type) {
      case "connected":
        // In one process there is nothing to say.
        if (state.server === "this process") return;
        return this.#lines.soon(
          { event: "backbone_connected", server: state.server },
          `sharing rooms through ${state.server}`,
        );
      case "cut_off": {
        const reason = bareReason(state.error);
        return this.#lines.now(
          { event: "backbone_cut_off", reason },
          `cut off from other hubs: ${reason}`,
        );
      }
      case "back":
        return this.#lines.now(
          {
            event: "backbone_back",
            server: state.server,
            afterMs: Math.round(state.afterMs),
          },
          `sharing rooms again through ${state.server}, after ${
            formatDuration(state.afterMs)
          }`,
        );
      case "failed":
        // The command ends with it, and reports it.
    }
  }
}
