/**
 * What happens in a hub.
 *
 * @module
 */

import type { MessageConnection } from "../session/messages/message_connection.ts";
import type { ServerEvent } from "../session/serving/server_event.ts";
import type { BackboneState, RoomGap } from "./backbone.ts";
import type { HubMember } from "./members/member.ts";
import type { LeaveReason } from "./members/notice.ts";

/** What went through a room so far, on this hub. */
export interface RoomStats {
  /** Its name. */
  readonly name: string;
  /** Members of this hub that are in it. */
  readonly members: number;
  /** Messages that its members have seen, or could have. */
  readonly messages: number;
  /** How often one of them was given to a member. */
  readonly deliveries: number;
  /** How often one was dropped, as a member did not take it in time. */
  readonly dropped: number;
  /** How often one was skipped, as a member's framing cannot hold it. */
  readonly skipped: number;
}

/** Something that happened in a hub, or on its server; `type` tells what. */
export type HubEvent =
  /** A member has joined a room. */
  | {
    readonly type: "joined";
    readonly member: HubMember;
    readonly room: string;
  }
  | {
    /** A member is in a room no more. */
    readonly type: "left";
    readonly member: HubMember;
    readonly room: string;
    readonly why: LeaveReason;
    /** What ended it, if something failed. */
    readonly error: unknown;
  }
  /** A member has finished sending, and listens or is gone. */
  | { readonly type: "finished"; readonly member: HubMember }
  | {
    /** A member has another name. */
    readonly type: "renamed";
    readonly member: HubMember;
    readonly before: string;
  }
  | {
    /** A member has caught up, and messages to it were dropped meanwhile. */
    readonly type: "dropped";
    readonly member: HubMember;
    readonly missed: number;
    /** How many were dropped for it in all. */
    readonly total: number;
  }
  | {
    /** Messages were not given to a member, as its framing cannot hold them. */
    readonly type: "skipped";
    readonly member: HubMember;
    readonly missed: number;
    readonly reason: string;
  }
  | {
    /** What a member said was not passed on: no room, or a bad name. */
    readonly type: "not_passed_on";
    readonly member: HubMember;
    readonly reason: string;
  }
  /** The last member has left a room. */
  | { readonly type: "room_closed"; readonly stats: RoomStats }
  | {
    /** Messages between hubs are missing. */
    readonly type: "gap";
    readonly room: string;
    readonly gap: RoomGap;
  }
  /** The link to other hubs has changed. */
  | { readonly type: "backbone"; readonly state: BackboneState }
  /** An event of the server that the members are connected to. */
  | ServerEvent<Uint8Array, MessageConnection>;
