/**
 * The rooms of one hub on one line, in either way of delivery.
 *
 * @module
 */

import type {
  BackboneDelivery,
  RoomLink,
  RoomListener,
} from "../hub/backbone.ts";
import type { NatsConnection } from "./line/nats_transport.ts";

/** What the link of a hub does with its rooms. */
export interface Rooms {
  /** What is promised. */
  readonly delivery: BackboneDelivery;
  /** As `prepare` of {@linkcode LineEvents}. */
  prepare(connection: NatsConnection): Promise<void>;
  /** NATS is there. */
  attached(connection: NatsConnection): void;
  /** NATS is away. */
  lost(): void;
  /** All that waited to be written has been written. */
  drained(): void;
  /** As `enter` of the link. */
  enter(room: string, listener: RoomListener): Promise<RoomLink>;
  /**
   * Leaves all rooms, and resolves once NATS has everything. With NATS away that
   * takes until it is back.
   */
  finish(): Promise<void>;
  /**
   * Ends at once.
   *
   * @returns How many publications are given up.
   */
  stop(error: unknown): number;
}
