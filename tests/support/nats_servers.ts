/**
 * Servers of NATS for tests: real processes, which can be killed and started again,
 * and hubs that are on them without members.
 *
 * @module
 */

import type {
  BackboneHub,
  BackboneLink,
  BackboneState,
  RoomGap,
  RoomLink,
} from "../../lib/hub/backbone.ts";
import { natsBackbone } from "../../lib/nats/nats_backbone.ts";
import type { NatsBackboneOptions } from "../../lib/nats/nats_options.ts";
import type { Process } from "./processes.ts";
import { start } from "./protocol_peers.ts";
import { freePort } from "./ports.ts";

/** A server of NATS that keeps its port and its store over a restart. */
export class NatsServer implements AsyncDisposable {
  readonly port: number = freePort();
  readonly #args: readonly string[];
  #process: Process | undefined;

  /**
   * @param args Arguments besides the address.
   */
  constructor(...args: string[]) {
    this.#args = args;
  }

  /** A server with JetStream that keeps its store in a folder. */
  static storing(folder: string, ...args: string[]): NatsServer {
    return new NatsServer("--jetstream", "--store_dir", folder, ...args);
  }

  /** Where it is. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, and waits until it listens. */
  async start(): Promise<this> {
    this.#process = start(
      "nats-server",
      ...["--addr", "127.0.0.1", "--port", `${this.port}`],
      ...this.#args,
    );
    await this.#process.line(/Server is ready/);
    return this;
  }

  /** Sends it a signal. */
  signal(signal: Deno.Signal): void {
    this.#process?.signal(signal);
  }

  /** Kills it as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** A hub in one room, without members of its own: it keeps what it hears. */
export class Seat implements AsyncDisposable {
  readonly id: string;
  readonly link: BackboneLink;
  /** The states of its link, oldest first. */
  readonly states: BackboneState[];
  /** What was heard: `HUB/MEMBER TEXT`, oldest first, and the gaps between. */
  readonly heard: string[] = [];
  readonly gaps: RoomGap[] = [];
  readonly #changes: Changes;
  #room: RoomLink | undefined;

  private constructor(
    id: string,
    link: BackboneLink,
    states: BackboneState[],
    changes: Changes,
  ) {
    this.id = id;
    this.link = link;
    this.states = states;
    this.#changes = changes;
  }

  /** Opens a link and enters a room. */
  static async enter(
    id: string,
    options: NatsBackboneOptions,
    hub: Partial<BackboneHub> = {},
    room = "lobby",
  ): Promise<Seat> {
    const changes = new Changes();
    const states: BackboneState[] = [];
    const link = await natsBackbone(options).open({
      id,
      history: 0,
      maxMessageBytes: 2 ** 20,
      queueBytes: 2 ** 20,
      changed: (state) => {
        states.push(state);
        changes.happened();
      },
      ...hub,
    });
    const seat = new Seat(id, link, states, changes);
    await seat.enterRoom(room);
    return seat;
  }

  get room(): RoomLink {
    return this.#room!;
  }

  /** Enters a room, and hears it in place of the one before. */
  async enterRoom(name: string): Promise<void> {
    this.#room = await this.link.enter(name, {
      message: ({ bytes, hub, member }) => {
        this.heard.push(`${hub}/${member} ${new TextDecoder().decode(bytes)}`);
        this.#changes.happened();
      },
      gap: (gap) => {
        this.gaps.push(gap);
        this.#changes.happened();
      },
      announcement: (bytes) => {
        this.heard.push(`announced ${new TextDecoder().decode(bytes)}`);
        this.#changes.happened();
      },
    });
  }

  /** Publishes a text as one of its members. */
  say(member: number, text: string): Promise<void> | undefined {
    return this.room.publish(member, new TextEncoder().encode(text));
  }

  /** How many messages were missing, as far as the gaps say. */
  get missed(): number {
    return this.gaps.reduce((sum, { missed }) => sum + (missed ?? 0), 0);
  }

  /** Waits until something is so. */
  async until(isSo: (seat: this) => boolean): Promise<void> {
    while (!isSo(this)) await this.#changes.next();
  }

  /** Waits for a state of the link, from the given one on. */
  async state(type: BackboneState["type"], from = 0): Promise<BackboneState> {
    await this.until(({ states }) =>
      states.slice(from).some((state) => state.type === type)
    );
    return this.states.slice(from).find((state) => state.type === type)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link.close(5_000);
  }
}

/** Wakes all that wait for a change. */
class Changes {
  #next = Promise.withResolvers<void>();

  happened(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  next(): Promise<void> {
    return this.#next.promise;
  }
}
