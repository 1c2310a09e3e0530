/**
 * Rooms of members: what one sends, the others in its room receive.
 *
 * ```text
 *   ann  tcp, lines       ──►┐                 ┌──► ben  length:4
 *                            │ message of room │
 *                            │ red, once       ├──► cleo WebSocket
 *   dan  tls, length:4    ──►┘                 └──► the hubs of other machines
 * ```
 *
 * {@linkcode serveHub} listens like `serve`, and its connections are members. A
 * member speaks any framing over any transport of connections, and gets each
 * message whole, in its own framing, in the order of the room. A message is encoded
 * once for each framing, and the members of that framing share the bytes.
 *
 * A member is in the room of its WebSocket path, of the option `room`, or of the
 * message `/join NAME`; with `roomPath` its messages name their rooms. See
 * {@linkcode HubOptions}.
 *
 * @example Three members, three framings, one room
 * ```ts
 * import { connect } from "@parley/parley";
 * import { serveHub } from "@parley/parley/hub";
 * import { assertEquals } from "@std/assert";
 *
 * await using hub = await serveHub([
 *   "tcp://127.0.0.1:0",
 *   { address: "tcp://127.0.0.1:0", framing: "length:4" },
 *   "ws://127.0.0.1:0",
 * ], { history: 10 });
 * const [lines, lengths, ws] = hub.addresses;
 *
 * const text = { encoding: "text" } as const;
 * await using ann = await connect(lines!, text);
 * await using ben = await connect(lengths!, { ...text, framing: "length:4" });
 * await using cleo = await connect(ws!, text);
 * await ann.send("hello");
 * assertEquals(await ben.receive(), "hello");
 * assertEquals(await cleo.receive(), "hello");
 * ```
 *
 * ## Members that read slowly
 *
 * What waits for a member is bounded by `queueBytes`. A member that falls behind
 * first slows the senders of its room, for at most 100 ms, so that a burst costs no
 * messages. After that, `whenSlow` decides:
 *
 * | `whenSlow` | the slow member | the other members |
 * | --- | --- | --- |
 * | `"close"` | is cut; the event `left` has the reason and the counts | miss nothing |
 * | `"drop"` | misses what does not fit, and learns how much | miss nothing |
 * | `"wait"` | misses nothing | wait for it |
 *
 * A member whose framing cannot hold a message, such as a line feed inside a line,
 * does not get that message, and gets a notice.
 *
 * ## Members that have finished sending
 *
 * A member that has finished sending listens on, and the others get a notice. Over TCP
 * a program that has ended looks the same. It is noticed when the system refuses what
 * is sent to it: mostly the second message. With `allowHalfOpen: false` the end of
 * what a member sends is its end, as with Mosquitto and `ncat --broker`: it leaves its
 * rooms at once, also where nothing is said, gets what waits for it, and is closed. A
 * lost connection leaves at once in any case.
 *
 * ## What is promised
 *
 * | delivery | order | what may be lost | what may come twice |
 * | --- | --- | --- | --- |
 * | `"local"`: one process | one order in the room | what a slow, leaving or lost member had not taken | nothing |
 * | `"core"`: hubs that share rooms at most once | that of each sender; two senders may be seen in another order on another machine | also what was sent while hubs were cut off from each other; the gap is announced | nothing |
 * | `"ordered"`: hubs that share rooms through a store | one order in the room, on all machines | what the store loses or no longer has; the gap is announced | nothing within the store's window for duplicates |
 *
 * Names are unique on one hub: members of two hubs that share a room may have the same
 * name. Hubs tell each other who joined, left and has another name, at most once.
 *
 * The hub does not confirm messages to senders. A sender whose connection is lost
 * cannot know whether its last messages were passed on.
 *
 * ## How far it goes
 *
 * One process carries what one core can write. On the machine of
 * `tests/bench/NOTES.md` that is a million deliveries of 64 bytes per second and more
 * where several messages leave in one write, and 80,000 to 160,000 where each message
 * has to be written by itself. An idle member takes up to 20 KiB. So:
 *
 * - **Members.** A million idle members take 20 GB. Spread over 20 hubs of 50,000
 *   members each, a hub holds 1 GB, and a descriptor for each member.
 * - **Small rooms.** 100,000 rooms of 10 members, where a member says something
 *   every 30 s: 33,000 messages and 300,000 deliveries a second in all, 15,000 of
 *   them on each of 20 hubs. If members of a room are on any hub, they are on
 *   20 * (1 - (19/20)^10) = 8.0 of them (8.03 in a simulation of 100,000 rooms). So
 *   each hub receives 33,000 * 8 / 20 = 13,000 messages a second, and the backbone
 *   carries 33,000 in and 265,000 out. If an address, such as a name in DNS or a path
 *   in a proxy, leads a room's members to one hub, the backbone carries next to
 *   nothing. Place rooms, not members.
 * - **One large room.** A million members in one room get 10 messages a second: 10
 *   million deliveries. On 20 hubs each would write 500,000 times a second, which is
 *   more than one process does; it takes 100 to 125 hubs of 8,000 to 10,000 members.
 *   The backbone carries only 10 messages in and 1,000 to 1,250 out. Here fan-out is
 *   the limit, and more hubs are the answer.
 * - **Stores.** In `"ordered"` delivery every message is in the store before it is
 *   seen. One stream takes some ten thousand messages a second, so 33,000 a second
 *   need several streams, by room.
 *
 * A datagram has no connection, so UDP members are refused: a hub could not tell
 * when one has left, nor slow it down.
 *
 * @module
 */

// Reads the strings of framings.
import "../framing/parse.ts";

export type {
  Backbone,
  BackboneDelivery,
  BackboneHub,
  BackboneLink,
  BackboneState,
  RoomGap,
  RoomLink,
  RoomListener,
  RoomMessage,
} from "./backbone.ts";
export type { Hub, HubReport } from "./hub.ts";
export type { HubEvent, RoomStats } from "./hub_event.ts";
export {
  DEFAULT_BACKBONE_QUEUE_BYTES,
  DEFAULT_MAX_ROOMS,
  DEFAULT_QUEUE_BYTES,
  type HubOptions,
  type WhenSlow,
} from "./hub_options.ts";
export { localBackbone, type LocalBackboneOptions } from "./local_backbone.ts";
export type { HubMember, HubMemberStats } from "./members/member.ts";
export {
  type HubNotice,
  type LeaveReason,
  type NoticeForm,
  noticeText,
  type QueueGap,
} from "./members/notice.ts";
export { serveHub } from "./serve_hub.ts";
