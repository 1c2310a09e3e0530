/**
 * The rooms of a hub that stores nothing, and what waits while NATS is away.
 *
 * ```text
 *                       back              a moment later
 *   attached ◄── away ────────► returning ────────────────► attached
 *
 *   publish ──► NATS              attached
 *        ├────► waiting ──► NATS  away or returning; goes out once, in order
 *        └────► dropped           the same, and queueBytes wait already: a gap
 * ```
 *
 * When a server dies, its hubs are back one after the other. What waits goes out a
 * moment later, so that it reaches the others too.
 *
 * @module
 */

import type { BackboneHub, RoomListener } from "../../hub/backbone.ts";
import { Alarm, type Sleeper } from "../../time/alarm.ts";
import type { Time } from "../../time/time.ts";
import { type CoreOwner, CoreRoom } from "./core_room.ts";
import { messageHeaders, roomFor, subjectsOf } from "../nats_message.ts";
import type { NatsConnection } from "../line/nats_transport.ts";
import type { Rooms } from "../rooms.ts";

interface Publication {
  readonly room: CoreRoom;
  readonly member: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

// In a room that a hub enters again it goes on counting, so that no number comes twice.
// After leaving this many others it goes on above all numbers that it has forgotten.
const MOST_COUNTS = 65_536;
// For the objects around a message, so that empty ones are bounded too.
const OVERHEAD_BYTES = 128;
// A little more than the longest pause between two attempts of the line.
const LONGEST_RETURN_MS = 2_600;
const SHORTEST_RETURN_MS = 200;

/** The rooms, through core NATS. */
export class CoreRooms implements Rooms, CoreOwner {
  readonly delivery = "core";
  readonly hub: BackboneHub;
  readonly alarm: Alarm;
  readonly #rooms = new Set<CoreRoom>();
  // The last numbers of rooms that were left.
  readonly #counts = new Map<string, number>();
  #forgotten = 0;
  readonly #waiting: Publication[] = [];
  #waitingBytes = 0;
  #connection: NatsConnection | undefined;
  #lostMs: number | undefined;
  // Runs until what waits goes out.
  #returning: Sleeper | undefined;
  // Resolves when members may go on that were too fast for NATS.
  #pause: PromiseWithResolvers<void> | undefined;
  // Resolves when NATS is there again.
  #back: PromiseWithResolvers<void> | undefined;

  constructor(hub: BackboneHub, time?: Time) {
    this.hub = hub;
    this.alarm = new Alarm(time);
  }

  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  async enter(name: string, listener: RoomListener): Promise<CoreRoom> {
    const room = new CoreRoom(this, name, subjectsOf(name), listener);
    room.number = this.#counts.get(name) ?? this.#forgotten;
    this.#counts.delete(name);
    this.#rooms.add(room);
    const connection = this.#connection;
    if (connection === undefined) return room;
    room.attach(connection);
    room.catchUp();
    // From the answer on, messages of others come. It fails if the connection is lost
    // meanwhile.
    await connection.nc.flush().catch(() => {});
    return room;
  }

  left(room: CoreRoom): void {
    this.#rooms.delete(room);
    for (const [oldest, number] of this.#counts) {
      if (this.#counts.size < MOST_COUNTS) break;
      this.#counts.delete(oldest);
      this.#forgotten = Math.max(this.#forgotten, number);
    }
    this.#counts.set(room.name, room.number);
  }

  send(
    room: CoreRoom,
    member: number,
    bytes: Uint8Array,
  ): Promise<void> | undefined {
    const publication = { room, member, number: ++room.number, bytes };
    const connection = this.#connection;
    // Lost a moment ago, it would take what is published and drop it.
    if (connection === undefined || !this.isOpen) {
      this.#wait(publication);
      return undefined;
    }
    this.#publish(publication, connection);
    if (connection.waitingBytes() <= this.hub.queueBytes) return undefined;
    this.#pause ??= Promise.withResolvers();
    return this.#pause.promise;
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen() === true &&
      this.#returning === undefined;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  attached(connection: NatsConnection): void {
    this.#connection = connection;
    for (const room of this.#rooms) room.attach(connection);
    const { nowMs } = this.alarm;
    const awayMs = nowMs - (this.#lostMs ?? nowMs);
    if (this.#waiting.length === 0) return this.#returned();
    // The pauses between attempts double, so the others have tried again by then.
    const afterMs = Math.max(
      SHORTEST_RETURN_MS,
      Math.min(LONGEST_RETURN_MS, 1.25 * awayMs),
    );
    const wake = () => this.#returned();
    this.#returning = { place: -1, untilMs: nowMs + afterMs, wake };
    this.alarm.add(this.#returning);
  }

  #returned(): void {
    const connection = this.#connection;
    this.#returning = undefined;
    if (connection === undefined) return;
    for (const publication of this.#waiting.splice(0)) {
      this.#publish(publication, connection);
    }
    this.#waitingBytes = 0;
    for (const room of this.#rooms) room.catchUp();
    this.#back?.resolve();
    this.#back = undefined;
  }

  lost(): void {
    this.#connection = undefined;
    this.#lostMs = this.alarm.nowMs;
    if (this.#returning !== undefined) this.alarm.delete(this.#returning);
    this.#returning = undefined;
    for (const room of this.#rooms) room.detach();
    this.drained();
  }

  drained(): void {
    this.#pause?.resolve();
    this.#pause = undefined;
  }

  async finish(): Promise<void> {
    if (this.#returning !== undefined) {
      this.alarm.delete(this.#returning);
      this.#returned();
    }
    if (this.#connection === undefined && this.#waiting.length > 0) {
      this.#back ??= Promise.withResolvers();
      await this.#back.promise;
    }
    for (const room of [...this.#rooms]) await room.leave();
    // Answered once the server has all that came before.
    await this.#connection?.nc.flush();
  }

  stop(): number {
    this.alarm.clear();
    this.drained();
    this.#rooms.clear();
    return this.#waiting.splice(0).length;
  }

  #wait(publication: Publication): void {
    const { bytes, room } = publication;
    const size = bytes.length + OVERHEAD_BYTES;
    if (this.#waitingBytes + size > this.hub.queueBytes) return room.drop();
    this.#waiting.push(publication);
    this.#waitingBytes += size;
  }

  #publish(publication: Publication, { nc }: NatsConnection): void {
    const { bytes, member, number, room } = publication;
    // This server may take less than the one before.
    if (bytes.length > roomFor(nc.info)) return room.refused();
    const headers = messageHeaders({ hub: this.hub.id, member, number });
    nc.publish(room.subjects.messages, bytes, { headers });
  }
}
