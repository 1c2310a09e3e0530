/**
 * The backbone of one process.
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import type {
  Backbone,
  BackboneHub,
  BackboneLink,
  RoomLink,
  RoomListener,
  RoomMessage,
} from "./backbone.ts";
import { Histories } from "./rooms/histories.ts";

/** Options for {@linkcode localBackbone}. */
export interface LocalBackboneOptions {
  /**
   * The most bytes of past messages that are kept in all rooms together. Beyond
   * that, the room that was quiet for the longest time forgets its oldest ones.
   *
   * @default {67_108_864}
   */
  readonly historyBytes?: number;
}

/**
 * Creates a backbone for the hubs of one process. A message is with all members of
 * its room when `publish` returns. A room keeps its history while it is empty.
 *
 * @param options How much history is kept.
 * @returns The backbone; every hub that is given the same one shares its rooms.
 * @throws {RangeError} If `historyBytes` is not an integer of at least 0.
 *
 * @example Two hubs that share their rooms
 * ```ts
 * import { connect } from "@parley/parley";
 * import { localBackbone, serveHub } from "@parley/parley/hub";
 * import { assertEquals } from "@std/assert";
 *
 * // With the last message, so that it does not matter who comes first.
 * const options = { backbone: localBackbone(), history: 1 };
 * await using red = await serveHub("tcp://127.0.0.1:0", options);
 * await using blue = await serveHub("tcp://127.0.0.1:0", {
 *   ...options,
 *   framing: "length:4",
 * });
 *
 * const text = { encoding: "text" } as const;
 * await using ann = await connect(red.address, text);
 * await using ben = await connect(blue.address, { ...text, framing: "length:4" });
 * await ann.send("hello, Ben");
 * assertEquals(await ben.receive(), "hello, Ben");
 * ```
 */
export function localBackbone(options: LocalBackboneOptions = {}): Backbone {
  return new LocalBackbone(options);
}

class LocalBackbone implements Backbone {
  // The rooms that some hub is in.
  readonly rooms = new Map<string, Set<LocalRoom>>();
  readonly past: Histories;

  constructor({ historyBytes }: LocalBackboneOptions) {
    this.past = new Histories(historyBytes);
  }

  open(hub: BackboneHub, signal?: AbortSignal): Promise<BackboneLink> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    hub.changed({ type: "connected", server: "this process" });
    return Promise.resolve(new LocalLink(this, hub));
  }
}

/** One hub's connection with the others of its process. */
class LocalLink implements BackboneLink {
  readonly delivery = "local";
  readonly maxMessageBytes = Infinity;
  readonly #backbone: LocalBackbone;
  readonly #hub: BackboneHub;
  readonly #entered = new Set<LocalRoom>();
  #isClosed = false;

  constructor(backbone: LocalBackbone, hub: BackboneHub) {
    this.#backbone = backbone;
    this.#hub = hub;
  }

  enter(name: string, listener: RoomListener): Promise<RoomLink> {
    if (this.#isClosed) return Promise.reject(closed(name));
    const hub = this.#hub;
    const room = new LocalRoom(this.#backbone, hub, name, listener, (left) => {
      this.#entered.delete(left);
    });
    this.#entered.add(room);
    for (const message of this.#backbone.past.last(name, hub.history)) {
      listener.message(message);
    }
    return Promise.resolve(room);
  }

  close(): Promise<number> {
    this.#isClosed = true;
    for (const room of [...this.#entered]) void room.leave();
    return Promise.resolve(0);
  }
}

/** One room, seen from one hub. */
class LocalRoom implements RoomLink {
  readonly listener: RoomListener;
  readonly #past: Histories;
  readonly #rooms: Map<string, Set<LocalRoom>>;
  readonly #hub: BackboneHub;
  readonly #name: string;
  readonly #left: (room: LocalRoom) => void;
  // All that are in the room, this one included; undefined once it was left.
  #all: Set<LocalRoom> | undefined;

  constructor(
    { rooms, past }: LocalBackbone,
    hub: BackboneHub,
    name: string,
    listener: RoomListener,
    left: (room: LocalRoom) => void,
  ) {
    this.listener = listener;
    this.#rooms = rooms;
    this.#past = past;
    this.#hub = hub;
    this.#name = name;
    this.#left = left;
    this.#all = rooms.get(name) ?? new Set();
    this.#all.add(this);
    rooms.set(name, this.#all);
  }

  publish(member: number, bytes: Uint8Array): undefined {
    if (this.#all === undefined) throw closed(this.#name);
    const message: RoomMessage = { bytes, hub: this.#hub.id, member };
    this.#past.add(this.#name, message, this.#hub.history);
    for (const room of this.#all) room.listener.message(message);
  }

  announce(bytes: Uint8Array): void {
    for (const room of this.#all ?? []) {
      if (room !== this) room.listener.announcement(bytes);
    }
  }

  leave(): Promise<void> {
    const all = this.#all;
    this.#all = undefined;
    all?.delete(this);
    if (all?.size === 0) this.#rooms.delete(this.#name);
    this.#left(this);
    return Promise.resolve();
  }
}

function closed(room: string): ClosedError {
  return new ClosedError({
    action: `use room ${JSON.stringify(room)}`,
    reason: "the hub has left it",
  });
}
