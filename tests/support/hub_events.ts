/**
 * A hub for a test, whose events can be awaited.
 *
 * @module
 */

import {
  type Address,
  connect,
  type ConnectOptions,
  type MessageConnection,
} from "../../mod.ts";
import {
  type Hub,
  type HubEvent,
  type HubOptions,
  serveHub,
} from "../../lib/hub/mod.ts";
import { within } from "../../lib/time/within.ts";

const WAIT_MS = 60_000;
const TCP = "tcp://127.0.0.1:0";

/** A hub that remembers its events, and the connections that a test makes to it. */
export class ObservedHub implements AsyncDisposable {
  readonly events: HubEvent[] = [];
  hub!: Hub;
  readonly #clients: MessageConnection<string>[] = [];
  #told = Promise.withResolvers<void>();

  static async serve(
    options: HubOptions = {},
    addresses: Parameters<typeof serveHub>[0] = TCP,
  ): Promise<ObservedHub> {
    const observed = new ObservedHub();
    observed.hub = await serveHub(addresses, {
      ...options,
      onEvent: (event) => observed.#tell(event),
    });
    return observed;
  }

  /** Connects a program that speaks text; it is ended with the hub. */
  async connect(
    options: Omit<ConnectOptions<"text">, "encoding"> = {},
    address: Address | string = this.hub.address,
  ): Promise<MessageConnection<string>> {
    const text = { ...options, encoding: "text" } as const;
    const client = await connect(address, text);
    this.#clients.push(client);
    return client;
  }

  /** Connects members one by one, so that their numbers are in order. */
  async members(
    count: number,
    options?: Omit<ConnectOptions<"text">, "encoding">,
  ): Promise<MessageConnection<string>[]> {
    const all: MessageConnection<string>[] = [];
    for (let i = 1; i <= count; i++) {
      all.push(await this.connect(options));
      await this.until("joined", i);
    }
    return all;
  }

  /** The events of a type. */
  of<T extends HubEvent["type"]>(type: T): Extract<HubEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<
      HubEvent,
      { type: T }
    >[];
  }

  /** Waits until so many events of a type have come. */
  async until(type: HubEvent["type"], count: number): Promise<void> {
    const limit = within(
      WAIT_MS,
      undefined,
      () =>
        new Error(`not ${count} times ${type}: ${Deno.inspect(this.events)}`),
    );
    try {
      while (this.of(type).length < count) await limit.race(this.#told.promise);
    } finally {
      limit.clear();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.abort();
    for (const connection of this.hub.connections) connection.abort();
    await this.hub.shutdown();
  }

  #tell(event: HubEvent): void {
    this.events.push(event);
    this.#told.resolve();
    this.#told = Promise.withResolvers();
  }
}

/** The next messages that a member gets, fewer if its connection ends before. */
export async function received(
  member: MessageConnection<string>,
  count: number,
): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const text = await member.receive({ timeoutMs: 20_000 });
    if (text === undefined) break;
    texts.push(text);
  }
  return texts;
}
