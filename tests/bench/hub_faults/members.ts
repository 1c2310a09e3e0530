/**
 * Members of hubs that say numbered messages, and what they heard.
 *
 * @module
 */

import { connect, type MessageConnection } from "@parley/parley";

/** What a member heard over one connection. */
export interface Hearing {
  /** The numbers of each sender, in the order in which they came. */
  readonly numbers: Map<number, number[]>;
  /** How many messages were missing, as the hub's notices say. */
  missed: number;
  /** How often the hub said that some are missing, without a number. */
  gaps: number;
}

/** A member, which connects again whenever its hub ends its connection. */
export class Member {
  readonly number: number;
  readonly path: string;
  /** Its connections, oldest first. */
  readonly hearings: Hearing[] = [];
  /** How many messages it has said. */
  said = 0;
  /** Milliseconds from another member's mouth to its ear, per hub of the sender. */
  readonly latenciesMs: { near: number[]; far: number[] } = {
    near: [],
    far: [],
  };
  readonly #near: (sender: number) => boolean;
  #connection: MessageConnection<string> | undefined;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(
    number: number,
    path: string,
    near: (sender: number) => boolean,
  ) {
    this.number = number;
    this.path = path;
    this.#near = near;
    this.#running = this.#run();
  }

  /** Whether it is connected. */
  get isThere(): boolean {
    return this.#connection !== undefined;
  }

  /** Says its next message, if it is connected. */
  async say(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    const text = `${this.number} ${this.said++} ${performance.now()}`;
    // The hub is gone at this moment.
    await connection.send(text).catch(() => {});
  }

  /** Leaves. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#connection?.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await using connection = await connect(`unix:${this.path}`, {
          framing: "length:4",
          encoding: "text",
          idleTimeoutMs: Infinity,
        });
        this.#connection = connection;
        const hearing = { numbers: new Map(), missed: 0, gaps: 0 };
        this.hearings.push(hearing);
        for await (const text of connection) this.#hear(hearing, text);
      } catch {
        // Its hub was killed, or is not there yet.
      }
      this.#connection = undefined;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #hear(hearing: Hearing, text: string): void {
    if (text.startsWith("{")) {
      const { event, missed } = JSON.parse(text);
      if (event !== "gap") return;
      hearing.gaps++;
      hearing.missed += missed ?? 0;
      return;
    }
    const [sender, number, at] = text.split(" ").map(Number);
    const numbers = hearing.numbers.get(sender!) ?? [];
    hearing.numbers.set(sender!, numbers);
    numbers.push(number!);
    const { far, near } = this.latenciesMs;
    (this.#near(sender!) ? near : far).push(performance.now() - at!);
  }
}
