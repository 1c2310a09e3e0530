/**
 * A hub as a backbone sees it, and what it hears.
 *
 * @module
 */

import type {
  Backbone,
  BackboneHub,
  BackboneLink,
  BackboneState,
  RoomGap,
  RoomListener,
  RoomMessage,
} from "../../lib/hub/backbone.ts";
import { within } from "../../lib/time/within.ts";

const WAIT_MS = 60_000;
const UTF8 = new TextDecoder();

/** Something that waits for what it is told. */
class Observer {
  #told = Promise.withResolvers<void>();

  /** Waits until a condition holds. It is looked at whenever something is told. */
  async until(condition: () => boolean): Promise<void> {
    const limit = within(
      WAIT_MS,
      undefined,
      () => new Error(`${condition} did not hold within ${WAIT_MS} ms`),
    );
    try {
      while (!condition()) await limit.race(this.#told.promise);
    } finally {
      limit.clear();
    }
  }

  tell(): void {
    this.#told.resolve();
    this.#told = Promise.withResolvers();
  }
}

/** What one hub hears of one room. */
export class Ear extends Observer implements RoomListener {
  readonly messages: RoomMessage[] = [];
  readonly gaps: RoomGap[] = [];
  readonly announcements: string[] = [];

  message(message: RoomMessage): void {
    this.messages.push(message);
    this.tell();
  }

  gap(gap: RoomGap): void {
    this.gaps.push(gap);
    this.tell();
  }

  announcement(bytes: Uint8Array): void {
    this.announcements.push(UTF8.decode(bytes));
    this.tell();
  }

  get texts(): string[] {
    return this.messages.map(({ bytes }) => UTF8.decode(bytes));
  }
}

/** A hub as a backbone sees it. */
export class TestHub extends Observer {
  readonly states: BackboneState[] = [];
  readonly hub: BackboneHub;
  link!: BackboneLink;

  constructor(
    id: string,
    { history = 0, queueBytes = 1_000_000 }: Partial<BackboneHub> = {},
  ) {
    super();
    const changed = (state: BackboneState) => {
      this.states.push(state);
      this.tell();
    };
    const maxMessageBytes = 1_000_000;
    this.hub = { id, history, queueBytes, maxMessageBytes, changed };
  }

  static async open(
    backbone: Backbone,
    id: string,
    options?: Partial<BackboneHub>,
  ): Promise<TestHub> {
    const made = new TestHub(id, options);
    made.link = await backbone.open(made.hub);
    return made;
  }

  /** Waits until the link has been in a state. */
  async reached(type: BackboneState["type"]): Promise<void> {
    await this.until(() => this.states.some((state) => state.type === type));
  }

  close(): Promise<number> {
    return this.link.close(5_000);
  }
}
