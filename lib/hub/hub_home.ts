/**
 * What the members and rooms of one hub have in common.
 *
 * ```text
 *   open ── stop() ──► stopping ── leave(), members are gone ──► leaving ──► closed
 *             │ members get a notice, and what waits for them      │
 *                                          the backbone is left in order
 * ```
 *
 * @module
 */

import { Roster } from "../roster.ts";
import type { FramedConnection } from "../session/messages/framed_connection.ts";
import type {
  Backbone,
  BackboneDelivery,
  BackboneLink,
  BackboneState,
} from "./backbone.ts";
import { Conversation, type ConversationHome } from "./members/conversation.ts";
import { Histories } from "./rooms/histories.ts";
import type { HubEvent } from "./hub_event.ts";
import type { HubSettings } from "./hub_options.ts";
import { Member } from "./members/member.ts";
import type { HubNotice } from "./members/notice.ts";
import { Outgoing } from "./members/outgoing.ts";
import type { RoomHome } from "./rooms/room.ts";
import { Rooms } from "./rooms/rooms.ts";

// 48 bits: of 10,000 hubs, two have the same name once in 5 million times.
const ID_CHARACTERS = 12;

/** The members and rooms of one hub. */
export class HubHome implements ConversationHome, RoomHome {
  readonly hubId: string = crypto.randomUUID().replaceAll("-", "")
    .slice(0, ID_CHARACTERS);
  readonly settings: HubSettings;
  readonly maxMessageBytes: number;
  readonly maxSentMessageBytes: number;
  readonly histories = new Histories();
  readonly members = new Roster<Member>();
  readonly names = new Set<string>();
  readonly outgoing = new Outgoing();
  readonly tell: (event: HubEvent) => void;
  link!: BackboneLink;
  rooms!: Rooms;
  /** Why the backbone failed for good, if it did. */
  failure: unknown;
  /** Called then. */
  onFailure: (() => void) | undefined;
  #state: "open" | "stopping" | "leaving" | "closed" = "open";
  #lastId = 0;

  constructor(
    settings: HubSettings,
    { maxMessageBytes, maxSentMessageBytes }: Record<
      "maxMessageBytes" | "maxSentMessageBytes",
      number
    >,
    onEvent: ((event: HubEvent) => void) | undefined,
  ) {
    this.settings = settings;
    this.maxMessageBytes = maxMessageBytes;
    this.maxSentMessageBytes = maxSentMessageBytes;
    this.tell = onEvent ?? (() => {});
  }

  get delivery(): BackboneDelivery {
    return this.link.delivery;
  }

  /** Whether the hub is shutting down, or has. */
  get isStopping(): boolean {
    return this.#state !== "open";
  }

  /** Connects with other hubs. */
  async open(
    backbone: Backbone,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { backboneQueueBytes, history } = this.settings;
    this.link = await backbone.open({
      id: this.hubId,
      history,
      maxMessageBytes: this.maxSentMessageBytes,
      queueBytes: backboneQueueBytes,
      changed: (state) => this.#changed(state),
    }, signal);
    this.rooms = new Rooms(this, this.link);
  }

  /** Talks with a member until it is gone. */
  async converse(connection: FramedConnection<Uint8Array>): Promise<void> {
    const member = new Member(++this.#lastId, connection, this);
    this.members.add(member);
    this.names.add(member.name);
    try {
      await new Conversation(member, this).run();
    } finally {
      this.members.delete(member);
    }
  }

  /** Tells all members that this is the end, and holds no sender up any more. */
  stop(): void {
    this.#state = "stopping";
    for (const room of this.rooms) room.relieve();
    this.#sayToAll({ event: "stopping" });
  }

  /**
   * Leaves the backbone, once all members are gone.
   *
   * @returns How many published messages it did not accept in time.
   */
  async leave(graceMs: number): Promise<number> {
    this.#state = "leaving";
    // Together: with the backbone away, a room is left only once closing gives up.
    const [unpublished] = await Promise.all([
      this.link.close(graceMs),
      this.rooms.settled(),
    ]);
    this.#state = "closed";
    return unpublished;
  }

  #changed(state: BackboneState): void {
    this.tell({ type: "backbone", state });
    if (state.type === "cut_off" || state.type === "back") {
      this.#sayToAll({ event: state.type });
    } else if (state.type === "failed") {
      this.failure ??= state.error ?? new Error("The backbone failed");
      this.onFailure?.();
    }
  }

  #sayToAll(notice: HubNotice): void {
    for (const member of this.members) member.say(notice);
  }
}
