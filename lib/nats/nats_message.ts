/**
 * How a message of a room is written in NATS: its subject and its headers.
 *
 * ```text
 * parley.room.nrxweytz   the messages; their payload is the bytes as they are
 * parley.hub.nrxweytz    what hubs tell each other of the room; never stored
 *
 * Parley-Hub: k3j9v2       the hub that the sender is a member of
 * Parley-From: 17          the sender's number in that hub
 * Parley-Number: 42        counts what that hub has published in the room
 * Nats-Msg-Id: k3j9v2.42   the store takes each id once
 * ```
 *
 * The name of a room is in base32, as a subject's part must have no dots, blanks,
 * `*` or `>`.
 *
 * @module
 */

import { headers, type MsgHdrs, type ServerInfo } from "@nats-io/nats-core";
import { encodeBase32 } from "@std/encoding/base32";

/** The subjects of all rooms. */
export const ROOMS = "parley.room.>";

const ROOM_PREFIX = "parley.room.";
const HUB_PREFIX = "parley.hub.";
const HUB = "Parley-Hub";
const FROM = "Parley-From";
const NUMBER = "Parley-Number";
const EVENT = "Parley-Event";
const ID = "Nats-Msg-Id";
// The most bytes of the headers: a hub's id of 32 letters twice, three numbers of 16
// digits, and their names.
const HEADER_BYTES = 256;

/** The most bytes of a message that a server takes. */
export function roomFor(info: ServerInfo | undefined): number {
  return Math.max(0, (info?.max_payload ?? Infinity) - HEADER_BYTES);
}

/** The subjects of a room. */
export interface Subjects {
  /** Of its messages. */
  readonly messages: string;
  /** Of what hubs tell each other. */
  readonly hubs: string;
}

/** The subjects of a room. */
export function subjectsOf(room: string): Subjects {
  const token = encodeBase32(new TextEncoder().encode(room))
    .replace(/=+$/, "").toLowerCase();
  return {
    messages: `${ROOM_PREFIX}${token}`,
    hubs: `${HUB_PREFIX}${token}`,
  };
}

/**
 * What hubs tell each other of a room:
 *
 * - `enter`: I have entered the room, and count on from this number; tell me yours
 * - `ask`: I was cut off; tell me the number of your last message, here is mine
 * - `last`: the number of my last message
 * - `leave`: as `last`, and there will be no more
 * - `announce`: a few bytes for the other hubs
 */
export type HubEvent = "enter" | "ask" | "last" | "leave" | "announce";

const EVENTS: ReadonlySet<string> = new Set<HubEvent>(
  ["enter", "ask", "last", "leave", "announce"],
);

/** What the headers say. */
export interface Envelope {
  /** The hub that published; `""` for another publisher. */
  readonly hub: string;
  /** The sender's number in that hub; 0 for another publisher. */
  readonly member: number;
  /** The number of the publication, from 1, or of the hub's last one, from 0. */
  readonly number: number;
}

interface Headed {
  readonly headers?: MsgHdrs | undefined;
}

/** Writes the headers of a message. */
export function messageHeaders({ hub, member, number }: Envelope): MsgHdrs {
  const head = headers();
  head.append(HUB, hub);
  head.append(FROM, `${member}`);
  head.append(NUMBER, `${number}`);
  return head;
}

/** As {@linkcode messageHeaders}, for a store that takes each message once. */
export function storedHeaders(envelope: Envelope): MsgHdrs {
  const head = messageHeaders(envelope);
  head.append(ID, `${envelope.hub}.${envelope.number}`);
  return head;
}

/** Writes the headers of what a hub tells the others. */
export function eventHeaders(
  event: HubEvent,
  hub: string,
  number: number,
): MsgHdrs {
  const head = headers();
  head.append(EVENT, event);
  head.append(HUB, hub);
  head.append(NUMBER, `${number}`);
  return head;
}

/**
 * Reads the headers of a message. Any program may publish, so nothing is taken for
 * granted.
 */
export function envelopeOf({ headers: head }: Headed): Envelope {
  const hub = head?.get(HUB) ?? "";
  return {
    hub: /^[0-9A-Za-z]{1,32}$/.test(hub) ? hub : "",
    member: integerOf(head?.get(FROM)),
    number: integerOf(head?.get(NUMBER)),
  };
}

/** Whether a message went through a store, where numbers are not in order. */
export function isStored({ headers: head }: Headed): boolean {
  return head?.has(ID) ?? false;
}

/** What a hub tells the others, or `undefined` if it is nothing that is known. */
export function eventOf(
  { headers: head }: Headed,
): HubEvent | undefined {
  const event = head?.get(EVENT) ?? "";
  return EVENTS.has(event) ? event as HubEvent : undefined;
}

/** A count in a header; 0 for anything else. */
function integerOf(text = ""): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(value) ? value : 0;
}
