/**
 * What the members and rooms of one hub have in common.
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
  isStopping = false;
  /** Why the backbone failed for good, if it did. */
  failure: unknown;
  /** Called then. */
  onFailure: (() => void) | undefined;
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
    this.isStopping = true;
    for (const room of this.rooms) room.relieve();
    this.#sayToAll({ event: "stopping" });
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
