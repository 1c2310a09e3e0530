/**
 * What the hubs of one or more machines share their rooms through.
 *
 * ```text
 *   members ─► hub ── publish ──► backbone ── message ──► each hub in the room ─► members
 *                                    │
 *                                    └── gap, state: what did not come, and why
 * ```
 *
 * A hub gives nothing to its members by itself. It publishes every message, and its
 * members get what the backbone gives back, their own hub's messages included. So
 * the backbone decides when a message may be seen, and a hub has one path for all:
 *
 * | delivery | a hub's own message comes back | order | what may be missing |
 * | --- | --- | --- | --- |
 * | `"local"` | inside `publish` | one per room | nothing |
 * | `"core"` | inside `publish`; others get it through the network | per sending hub | what was published or sent while a hub was cut off: told as a gap |
 * | `"ordered"` | once the store has it, with its sequence | one per room, on all machines | what the store no longer has: told as a gap |
 *
 * States of a link, told by {@linkcode BackboneHub.changed}:
 *
 * ```text
 *   open() ─► connected ⇄ cut_off
 *                │           │
 *                └─► failed ◄┘    for good: the hub ends
 * ```
 *
 * `localBackbone` is the one of a single process. Another one can be written on
 * NATS, Redis or a database.
 *
 * @module
 */

/** How messages get from hub to hub, and what that promises. */
export type BackboneDelivery = "local" | "core" | "ordered";

/** A message of a room. */
export interface RoomMessage {
  /**
   * The message as members get it. It is shared by all members of a room and may be
   * kept: neither the backbone nor the hub changes it.
   */
  readonly bytes: Uint8Array;
  /** The hub that its sender is a member of; see {@linkcode BackboneHub.id}. */
  readonly hub: string;
  /** Number of its sender in that hub, which does not get its own message. */
  readonly member: number;
  /**
   * Position in the one order of the room. `undefined` if the delivery is not
   * `"ordered"`.
   */
  readonly sequence?: number | undefined;
}

/** Messages that the members of a room will not get. */
export interface RoomGap {
  /**
   * Why they are missing: a hub was cut off from the backbone, the backbone found
   * this hub too slow, the store has no longer what came meanwhile, or the store
   * refused what it had been given.
   */
  readonly reason: "cut_off" | "slow" | "history" | "refused";
  /**
   * The hub whose messages are missing. It is this hub itself if its members'
   * messages did not reach the others. `undefined` if they may be of any hub.
   */
  readonly hub: string | undefined;
  /** How many are missing; `undefined` if that is not known. */
  readonly missed: number | undefined;
}

/** A change of the link between a hub and its backbone. */
export type BackboneState =
  /** The first one, before `open` resolves. */
  | { readonly type: "connected"; readonly server: string }
  /** The backbone is away; it is tried again without end. */
  | { readonly type: "cut_off"; readonly error: unknown }
  /** It is there again. */
  | { readonly type: "back"; readonly server: string; readonly afterMs: number }
  /** It will not come back: another password, a stream that was deleted. */
  | { readonly type: "failed"; readonly error: unknown };

/** What a backbone learns of the hub that uses it. */
export interface BackboneHub {
  /** Names this hub among all, in 1 to 32 letters and digits. */
  readonly id: string;
  /** How many past messages a member gets on joining a room; 0 for none. */
  readonly history: number;
  /** The most bytes of a message that members of this hub may send. */
  readonly maxMessageBytes: number;
  /** The most bytes that may wait in the backbone until it has accepted them. */
  readonly queueBytes: number;
  /** Called with each change of the link. It does not throw. */
  readonly changed: (state: BackboneState) => void;
}

/** What a hub hears of one room. Its methods do not throw. */
export interface RoomListener {
  /**
   * A message that the members may see now. In `"ordered"` delivery each sequence
   * comes once, in order.
   */
  message(message: RoomMessage): void;
  /** Messages are missing before the next one. */
  gap(gap: RoomGap): void;
  /** Something that another hub has announced. */
  announcement(bytes: Uint8Array): void;
}

/** A room that a hub has entered. */
export interface RoomLink {
  /**
   * Publishes a message of a member.
   *
   * @param member Number of the sender in this hub.
   * @param bytes The message, which the backbone owns from then on.
   * @returns `undefined` if the next message may come at once. Else a promise that
   * resolves when there is room within `queueBytes`: its sender is not read from
   * until then, so a member cannot fill the hub. A message is accepted in either
   * case, and messages of one member keep their order without being awaited.
   * @throws {ProtocolError} With code `"too_large"` if it is larger than the
   * backbone takes, with both numbers in its details; nothing was published.
   * @throws {ClosedError} If the room was left or the link was closed.
   */
  publish(member: number, bytes: Uint8Array): Promise<void> | undefined;
  /**
   * Tells the other hubs in this room something besides messages, such as who
   * joined: at most once, in no order with messages, never stored, dropped while cut
   * off.
   *
   * @param bytes At most 1,024 bytes.
   */
  announce(bytes: Uint8Array): void;
  /**
   * Leaves the room: the listener hears nothing more from the moment of the call.
   *
   * @returns Resolves when what was published before has been accepted, or is given
   * up. It does not reject.
   */
  leave(): Promise<void>;
}

/** A hub's connection with its backbone. */
export interface BackboneLink {
  /** What is promised. */
  readonly delivery: BackboneDelivery;
  /** The most bytes that `publish` accepts; `Infinity` if it has no limit. */
  readonly maxMessageBytes: number;
  /**
   * Enters a room, when its first member comes. A hub enters a room once, and again
   * only after the promise of `leave` has resolved.
   *
   * @param room Its name: 1 to 255 bytes of UTF-8 without control characters.
   * @param listener What hears the room.
   * @returns The room, after `listener` was given up to `history` past messages,
   * oldest first. In `"core"` delivery it does not wait while cut off; in `"ordered"`
   * delivery it waits for the store.
   * @throws {ClosedError} If the link was closed.
   * @throws {ConnectionError} If the room cannot be entered.
   */
  enter(room: string, listener: RoomListener): Promise<RoomLink>;
  /**
   * Ends the link in order: leaves all rooms, hands over what waits, closes.
   *
   * @param graceMs The most milliseconds to take.
   * @returns How many published messages were given up. A second call waits for the
   * first. It does not reject.
   */
  close(graceMs: number): Promise<number>;
}

/** What hubs share their rooms through; one object may serve several hubs. */
export interface Backbone {
  /**
   * Connects a hub.
   *
   * @param hub What the backbone learns of the hub.
   * @param signal Gives up connecting.
   * @returns The link, once it is connected.
   * @throws {ConnectionError} If the backbone was not there in time.
   * @throws {TypeError} If it is set up in another way than the hub needs.
   * @throws {unknown} The signal's reason.
   */
  open(hub: BackboneHub, signal?: AbortSignal): Promise<BackboneLink>;
}
