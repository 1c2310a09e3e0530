/**
 * What a hub does with one member, from its first byte to its last.
 *
 * ```text
 *   arriving ── first room ──► talking ── it has finished sending ──► listening
 *                                 │  │                                     │
 *                                 │  └── the same, without allowHalfOpen ──┤
 *                                 │                                        ▼
 *                                 └─── lost, cut, shutdown, closed ──────► gone
 * ```
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { within } from "../../time/within.ts";
import type { BackboneDelivery } from "../backbone.ts";
import type { Room } from "../rooms/room.ts";
import { firstRoom, notLetIn } from "./arrival.ts";
import { readCommand } from "./command.ts";
import type { Member } from "./member.ts";
import { MemberRooms, type MemberRoomsHome } from "./member_rooms.ts";
import { type LeaveReason, reasonFor } from "./notice.ts";
import type { NoRoom } from "./routing.ts";

/** What conversations need of their hub. */
export interface ConversationHome extends MemberRoomsHome {
  readonly delivery: BackboneDelivery;
}

/** One member's conversation with its hub. */
export class Conversation {
  readonly #home: ConversationHome;
  readonly #member: Member;
  readonly #rooms: MemberRooms;
  #state: "arriving" | "talking" | "listening" | "gone" = "arriving";
  // The room that messages go to, unless they name it.
  #room: Room | undefined;

  constructor(member: Member, home: ConversationHome) {
    this.#member = member;
    this.#home = home;
    this.#rooms = new MemberRooms(member, home);
  }

  /**
   * Talks until the member is gone.
   *
   * @throws {unknown} What ended it, if something failed.
   */
  async run(): Promise<void> {
    const { connection } = this.#member;
    let failure: unknown;
    try {
      await this.#arrive();
      for await (const batch of connection.batches()) {
        await this.#relief();
        for (const message of batch) {
          const taken = this.#take(message);
          if (taken !== undefined) await taken;
        }
      }
      await this.#finish();
    } catch (error) {
      failure = error;
      // The end of a connection does not say why, except over WebSocket.
      if (error instanceof ProtocolError) {
        this.#member.say({ event: "refused", reason: reasonFor(error) });
      }
      throw error;
    } finally {
      this.#leave(this.#whyGone(failure), failure);
      this.#member.queue.clear();
    }
  }

  async #arrive(): Promise<void> {
    const first = firstRoom(this.#member, this.#home.settings);
    try {
      if (first !== undefined) this.#room = await this.#rooms.join(first);
    } catch (error) {
      throw notLetIn(error);
    }
    this.#state = "talking";
  }

  /**
   * Waits while other members of its rooms have fallen behind.
   *
   * @throws {unknown} Why the connection is lost, if it is lost meanwhile.
   */
  async #relief(): Promise<void> {
    for (const room of this.#rooms) {
      for (let relief; (relief = room.pressure(this.#member)) !== undefined;) {
        await this.#unlessLost(relief);
      }
    }
  }

  /** A member that is gone waits for nothing. */
  async #unlessLost(wait: Promise<void>): Promise<void> {
    const { signal } = this.#member.connection;
    const limit = within(Infinity, signal, () => undefined);
    try {
      await limit.race(wait);
    } finally {
      limit.clear();
    }
  }

  /**
   * What becomes of a member that has finished sending. Over TCP a program that has
   * ended looks the same, so it leaves where members may not be half open.
   */
  async #finish(): Promise<void> {
    const { connection, queue } = this.#member;
    // WebSocket ends both directions at once.
    const hasEnded = connection.endedBy === "peer" &&
      connection.channel.farewell !== undefined;
    if (this.#home.settings.allowHalfOpen && !hasEnded) await this.#listen();
    // Before the rest is written, which takes as long as the peer likes. When the
    // hub ends, members may still say something to each other.
    if (!this.#home.isStopping) this.#leave(this.#whyGone(), undefined);
    await queue.flushed();
  }

  async #listen(): Promise<void> {
    const { name, connection: { signal } } = this.#member;
    if (signal.aborted) return;
    this.#state = "listening";
    this.#home.tell({ type: "finished", member: this.#member });
    // To itself too: if it is gone, the system refuses what comes after that.
    for (const room of this.#rooms) {
      room.say({ event: "finished", name });
    }
    await new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true })
    );
  }

  /** Does what a message asks for; the promise is of what takes time. */
  #take(message: Uint8Array): Promise<void> | undefined {
    const { settings } = this.#home;
    const member = this.#member;
    const command = readCommand(message, {
      join: member.fixedRoom === undefined,
      name: settings.names,
    });
    if (command?.type === "join") return this.#change(command.name);
    if (command?.type === "name") return void this.#rooms.rename(command.name);
    if (command?.type === "refused") {
      return void this.#rooms.refuse(command.reason);
    }
    if (settings.roomOf === undefined || member.fixedRoom !== undefined) {
      return this.#publish(this.#room!, message);
    }
    const name = settings.roomOf(message);
    if (typeof name !== "string") return void this.#rooms.refuse(noRoom(name));
    const room = this.#rooms.named(name);
    return room === undefined
      ? this.#joinAndPublish(name, message)
      : this.#publish(room, message);
  }

  #publish(room: Room, message: Uint8Array): Promise<void> | undefined {
    const { delivery, settings } = this.#home;
    const member = this.#member;
    member.sent++;
    const bytes = settings.names
      ? joined(member.prefix, message)
      // What is kept would keep the whole buffer that it was read into.
      : delivery === "local" && settings.history === 0
      ? message
      : message.slice();
    const wait = room.link.publish(member.id, bytes);
    return wait === undefined ? undefined : this.#unlessLost(wait);
  }

  async #joinAndPublish(name: string, message: Uint8Array): Promise<void> {
    const room = await this.#rooms.tryToJoin(name);
    if (room === undefined) return;
    await this.#relief();
    await this.#publish(room, message);
  }

  async #change(name: string): Promise<void> {
    const { settings } = this.#home;
    const before = this.#room;
    if (before?.name === name) return;
    if (this.#rooms.named(name) !== undefined) return;
    const room = await this.#rooms.tryToJoin(name);
    if (room === undefined || settings.roomOf !== undefined) return;
    this.#room = room;
    if (before !== undefined) this.#rooms.leave(before, "moved");
    // More for the new room may be in the same batch.
    await this.#relief();
  }

  #leave(why: LeaveReason, error: unknown): void {
    if (this.#state === "gone") return;
    this.#state = "gone";
    this.#rooms.leaveAll(why, error);
  }

  #whyGone(error?: unknown): LeaveReason {
    if (this.#member.cutBy !== undefined) return this.#member.cutBy;
    if (this.#home.isStopping) return "stopping";
    if (error instanceof ProtocolError) {
      return error.code === "truncated" ? "lost" : "refused";
    }
    return error === undefined ? "left" : "lost";
  }
}

function noRoom({ reason }: NoRoom): string {
  return `no room: ${reason}`;
}

function joined(prefix: Uint8Array, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix.length + message.length);
  bytes.set(prefix);
  bytes.set(message, prefix.length);
  return bytes;
}
