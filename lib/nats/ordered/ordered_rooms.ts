/**
 * The rooms of a hub that stores its messages.
 *
 * @module
 */

import { ClosedError } from "../../errors.ts";
import type { BackboneHub, RoomListener } from "../../hub/backbone.ts";
import type { NatsSettings } from "../nats_options.ts";
import type { NatsConnection } from "../line/nats_transport.ts";
import { type OrderedOwner, OrderedRoom } from "./ordered_room.ts";
import { Outbox } from "./outbox.ts";
import { RoomStore } from "./room_store.ts";
import { roomStream } from "./room_stream.ts";
import type { Rooms } from "../rooms.ts";

/** The rooms, through JetStream. */
export class OrderedRooms implements Rooms, OrderedOwner {
  readonly delivery = "ordered";
  readonly hub: BackboneHub;
  readonly outbox: Outbox;
  readonly #replicas: number | undefined;
  readonly #rooms = new Set<OrderedRoom>();
  // Hears of a store that does not answer, or does again, over a connection that is
  // there: most servers of the cluster may be away.
  readonly #storeChanged: (error: unknown) => void;
  #isStoreAway = false;
  // When the stream was made: another one has other sequences.
  #made: string | undefined;
  #store: RoomStore | undefined;

  /**
   * @param storeChanged Called with an error when the store does not answer, and
   * with `undefined` when it does again.
   */
  constructor(
    hub: BackboneHub,
    { replicas }: NatsSettings,
    storeChanged: (error: unknown) => void,
  ) {
    this.hub = hub;
    this.#storeChanged = storeChanged;
    this.outbox = new Outbox(hub.queueBytes);
    this.#replicas = replicas;
  }

  get store(): RoomStore | undefined {
    return this.#store;
  }

  async prepare({ nc }: NatsConnection): Promise<void> {
    const needs = { history: this.hub.history, replicas: this.#replicas };
    this.#made = await roomStream(nc, needs, this.#made);
  }

  attached(connection: NatsConnection): void {
    this.#store = new RoomStore(connection);
    this.#isStoreAway = false;
    for (const room of this.#rooms) void room.start(this.#store);
  }

  lost(): void {
    this.#store = undefined;
    for (const room of this.#rooms) room.interrupt();
  }

  drained(): void {
    // Members wait for acknowledgements, not for the connection.
  }

  async enter(name: string, listener: RoomListener): Promise<OrderedRoom> {
    const room = new OrderedRoom(this, name, listener);
    this.#rooms.add(room);
    if (this.#store !== undefined) void room.start(this.#store);
    await room.current();
    return room;
  }

  answered(store: RoomStore, error: unknown): void {
    const isAway = error !== undefined;
    if (store !== this.#store || isAway === this.#isStoreAway) return;
    // A connection that is lost at this moment is reported by the line.
    if (!store.connection.isOpen()) return;
    this.#isStoreAway = isAway;
    this.#storeChanged(error);
  }

  left(room: OrderedRoom): void {
    this.#rooms.delete(room);
  }

  async finish(): Promise<void> {
    await Promise.all([...this.#rooms].map((room) => room.leave()));
  }

  stop(error: unknown): number {
    const givenUp = this.outbox.size;
    this.outbox.stop();
    const reason = error ?? new ClosedError({
      action: "use the rooms",
      reason: "the link was closed",
    });
    for (const room of this.#rooms) room.stop(reason);
    this.#rooms.clear();
    return givenUp;
  }
}
