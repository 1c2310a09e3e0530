/**
 * A connection of messages under load: TCP, TLS, Unix sockets, WebSocket.
 *
 * @module
 */

import type { Hint } from "../../errors.ts";
import {
  connect,
  type ConnectOptions,
} from "../../session/messages/connect.ts";
import type { MessageConnection } from "../../session/messages/message_connection.ts";
import type { Address } from "../../transport/address.ts";
import { endedBy, type Link, type LinkEnd, type LinkReceiver } from "./link.ts";

// Enough for the system to take whole writes while the next one is made.
const HIGH_WATER_MARK_BYTES = 256 * 1024;

/** How the connections are made. */
export type MessageLinkOptions = Omit<
  ConnectOptions,
  "encoding" | "highWaterMarkBytes" | "onEvent" | "side" | "signal"
>;

/** Opens a connection. */
export async function openMessageLink(
  address: Address,
  options: MessageLinkOptions,
  signal: AbortSignal,
): Promise<Link> {
  // Told later, when the link runs.
  let badFrame = () => {};
  const connection = await connect(address, {
    ...options,
    highWaterMarkBytes: HIGH_WATER_MARK_BYTES,
    maxBufferedBytes: Infinity,
    signal,
    onEvent: ({ type }) => {
      if (type === "bad_frame") badFrame();
    },
  });
  return new MessageLink(connection, (tell) => badFrame = tell);
}

class MessageLink implements Link {
  readonly #connection: MessageConnection;
  readonly #onBadFrame: (tell: () => void) => void;

  constructor(
    connection: MessageConnection,
    onBadFrame: (tell: () => void) => void,
  ) {
    this.#connection = connection;
    this.#onBadFrame = onBadFrame;
  }

  get isFull(): boolean {
    return this.#connection.bytesWaiting >= HIGH_WATER_MARK_BYTES;
  }

  get bytesIn(): number {
    return this.#connection.stats.bytesIn;
  }

  get bytesOut(): number {
    return this.#connection.stats.bytesOut;
  }

  get waitHint(): Hint | undefined {
    return this.#connection.waitHint;
  }

  send(messages: Uint8Array[]): Promise<void> {
    return this.#connection.sendAll(messages);
  }

  async run(to: LinkReceiver): Promise<LinkEnd> {
    this.#onBadFrame(() => to.stray("protocol"));
    try {
      for await (const batch of this.#connection.batches({ reuse: true })) {
        to.answers(batch);
      }
      return { kind: undefined };
    } catch (error) {
      return endedBy(error);
    } finally {
      this.#connection.abort();
    }
  }

  async close(): Promise<void> {
    await this.#connection.close().catch(() => {});
  }

  abort(): void {
    this.#connection.abort();
  }
}
