/**
 * The backbone of hubs on several machines: rooms that they share through NATS.
 *
 * @module
 */

import type {
  Backbone,
  BackboneDelivery,
  BackboneHub,
  BackboneLink,
  RoomLink,
  RoomListener,
} from "../hub/backbone.ts";
import { ClosedError, ProtocolError } from "../errors.ts";
import { SYSTEM_TIME } from "../time/time.ts";
import { within } from "../time/within.ts";
import { CoreRooms } from "./core/core_rooms.ts";
import { roomFor } from "./nats_message.ts";
import { authenticatorOf } from "./line/credentials.ts";
import { natsError } from "./line/nats_errors.ts";
import { type LineEvents, NatsLine } from "./line/nats_line.ts";
import {
  type NatsBackboneOptions,
  type NatsSettings,
  natsSettings,
} from "./nats_options.ts";
import type { NatsConnection } from "./line/nats_transport.ts";
import { OrderedRooms } from "./ordered/ordered_rooms.ts";
import type { Rooms } from "./rooms.ts";

/**
 * Creates a backbone on NATS. A hub that keeps a history uses JetStream, which
 * stores messages; others use core NATS. The table of `@parley/parley/nats` says
 * what each promises.
 *
 * @param options The servers, credentials and TLS.
 * @returns The backbone. Nothing is opened before a hub uses it. It may serve
 * several hubs, each with a connection of its own.
 * @throws {RangeError} If a number is outside its range.
 * @throws {TypeError} If the address of a server is invalid, none is given, or the
 * credentials are not what they should be.
 *
 * @example A hub on NATS
 * ```ts ignore
 * import { serveHub } from "@parley/parley/hub";
 * import { natsBackbone } from "@parley/parley/nats";
 *
 * const backbone = natsBackbone({
 *   servers: ["nats://10.0.0.1", "nats://10.0.0.2", "nats://10.0.0.3"],
 *   credentials: { user: "hub", password: Deno.readTextFileSync("/run/password") },
 *   replicas: 3,
 * });
 * await using hub = await serveHub("tcp://0.0.0.0:7342", { backbone, history: 100 });
 * ```
 */
export function natsBackbone(options: NatsBackboneOptions): Backbone {
  const settings = natsSettings(options);
  const { credentials } = settings;
  if (credentials !== undefined) authenticatorOf(credentials);
  return {
    async open(hub, signal) {
      signal?.throwIfAborted();
      const link = new NatsLink(settings, hub);
      await link.open(signal);
      return link;
    },
  };
}

// Beside what members publish: requests, questions, pings.
const SPARE_BYTES = 8 * 1024 * 1024;

/** A hub's connection with NATS. */
class NatsLink implements BackboneLink, LineEvents {
  readonly #hub: BackboneHub;
  readonly #line: NatsLine;
  readonly #rooms: Rooms;
  // Since when NATS is away.
  #lostMs: number | undefined;
  #server = "";
  #maxMessageBytes = 0;
  #closing: Promise<number> | undefined;

  constructor(settings: NatsSettings, hub: BackboneHub) {
    this.#hub = hub;
    this.#line = new NatsLine(
      settings,
      `parley hub ${hub.id}`,
      hub.queueBytes + SPARE_BYTES,
      this,
    );
    this.#rooms = hub.history === 0
      ? new CoreRooms(hub)
      : new OrderedRooms(hub, settings, (error) => this.#storeChanged(error));
  }

  get delivery(): BackboneDelivery {
    return this.#rooms.delivery;
  }

  get maxMessageBytes(): number {
    return this.#maxMessageBytes;
  }

  async open(signal: AbortSignal | undefined): Promise<void> {
    await this.#line.open(signal);
  }

  async enter(name: string, listener: RoomListener): Promise<RoomLink> {
    if (this.#closing !== undefined) {
      throw new ClosedError({
        action: `enter room ${JSON.stringify(name)}`,
        reason: "the link was closed",
      });
    }
    this.#line.ended.throwIfAborted();
    const room = await this.#rooms.enter(name, listener);
    return {
      publish: (member, bytes) => {
        if (bytes.length > this.#maxMessageBytes) throw this.#tooLarge(bytes);
        return room.publish(member, bytes);
      },
      announce: (bytes) => room.announce(bytes),
      leave: () => room.leave(),
    };
  }

  close(graceMs: number): Promise<number> {
    return this.#closing ??= this.#close(graceMs);
  }

  async #close(graceMs: number): Promise<number> {
    const limit = within(graceMs, this.#line.ended, () => undefined);
    try {
      await limit.race(this.#rooms.finish());
    } catch {
      // What NATS does not have by then is counted below.
    } finally {
      limit.clear();
    }
    const givenUp = this.#rooms.stop(this.#line.ended.reason);
    await this.#line.close();
    return givenUp;
  }

  async prepare(connection: NatsConnection): Promise<void> {
    await this.#rooms.prepare(connection);
  }

  attached(connection: NatsConnection, server: string): void {
    this.#maxMessageBytes = roomFor(connection.nc.info);
    this.#server = server;
    if (this.#lostMs === undefined) {
      this.#hub.changed({ type: "connected", server });
    } else this.#back();
    this.#rooms.attached(connection);
  }

  lost(error: unknown): void {
    this.#rooms.lost();
    this.#cutOff(error);
  }

  #storeChanged(error: unknown): void {
    if (error === undefined) this.#back();
    else this.#cutOff(natsError(error, "store messages at", this.#server));
  }

  /** NATS, or its store, is away. */
  #cutOff(error: unknown): void {
    if (this.#lostMs !== undefined) return;
    this.#lostMs = SYSTEM_TIME.now();
    if (this.#closing !== undefined) return;
    this.#hub.changed({ type: "cut_off", error });
  }

  #back(): void {
    if (this.#lostMs === undefined) return;
    const afterMs = SYSTEM_TIME.now() - this.#lostMs;
    this.#lostMs = undefined;
    this.#hub.changed({ type: "back", server: this.#server, afterMs });
  }

  failed(error: unknown): void {
    this.#rooms.stop(error);
    this.#hub.changed({ type: "failed", error });
  }

  drained(): void {
    this.#rooms.drained();
  }

  #tooLarge({ length }: Uint8Array): ProtocolError {
    const limitBytes = this.#maxMessageBytes;
    return new ProtocolError("too_large", {
      action: "publish a message",
      reason: `it has ${length} bytes, and NATS takes at most ${limitBytes}`,
      advice: "raise max_payload of nats-server",
    }, { declaredBytes: length, limitBytes });
  }
}
