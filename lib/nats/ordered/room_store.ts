/**
 * The store of rooms over one connection: taking messages, and following a room.
 *
 * @module
 */

import {
  type Consumer,
  type ConsumerMessages,
  jetstream,
  type JetStreamClient,
} from "@nats-io/jetstream";
import type { Msg, MsgHdrs } from "@nats-io/nats-core";
import {
  type Envelope,
  envelopeOf,
  roomFor,
  storedHeaders,
} from "../nats_message.ts";
import type { NatsConnection } from "../line/nats_transport.ts";
import { STORE_TIMEOUT_MS, STREAM } from "./room_stream.ts";

/** A message that the store has. */
export interface StoredMessage {
  /** Its place in the one order of all rooms. */
  readonly sequence: number;
  /** How many more of its room the store had when it sent this one. */
  readonly pending: number;
  /** How many of its room the store had when the hub began to follow it. */
  readonly pendingAtFirst: number;
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

/** A room that is followed. */
export interface Following {
  /** How many messages the store had at first. */
  readonly pending: number;
  /** Resolves when the store has said nothing for too long, or has ended it. */
  readonly silent: Promise<void>;
  /** Stops. */
  end(): void;
}

// How many messages the store sends ahead. They wait in the connection, which a busy
// hub reads more slowly.
const AHEAD = 256;
// A request for messages is renewed after this time at the latest.
const EXPIRES_MS = 30_000;
// Between two signs of life. After two that are missing, the room is followed anew:
// the server that did it may have died, which no other notices.
const HEARTBEAT_MS = 3_000;
/** An error code of the store: the message is larger than the stream takes. */
const TOO_LARGE = 10_054;

/** The store, over one connection. */
export class RoomStore {
  readonly connection: NatsConnection;
  readonly #jetstream: JetStreamClient;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    this.#jetstream = jetstream(connection.nc, { timeout: STORE_TIMEOUT_MS });
  }

  /**
   * Gives a message to the store.
   *
   * @returns Whether the store has it, or will never take it.
   * @throws {Error} If it is not known whether the store has it.
   */
  async put(
    subject: string,
    bytes: Uint8Array,
    envelope: Envelope,
  ): Promise<"stored" | "refused"> {
    const { nc } = this.connection;
    // This server may take less than the one before.
    if (bytes.length > roomFor(nc.info)) return "refused";
    const headers = storedHeaders(envelope);
    const timeout = STORE_TIMEOUT_MS;
    const answer = await nc.request(subject, bytes, { headers, timeout });
    const { error, stream } = answer.json<Acknowledgement>();
    if (error?.err_code === TOO_LARGE) return "refused";
    if (stream === STREAM && error === undefined) return "stored";
    // Without a leader, or with a full disk: it may take it later.
    throw new Error(error?.description ?? "no acknowledgement");
  }

  /**
   * Follows a room.
   *
   * @param from The first sequence that is wanted.
   * @param hear Gets each message once, in order. It does not throw.
   */
  async follow(
    subject: string,
    from: number,
    hear: (message: StoredMessage) => void,
  ): Promise<Following> {
    const consumer = await this.#jetstream.consumers.get(STREAM, {
      // Servers before 2.10 refuse a list.
      filter_subjects: subject,
      opt_start_seq: from,
    });
    const { num_pending } = await consumer.info(true);
    // With a callback nothing waits in the client.
    const messages = await consumer.consume({
      max_messages: AHEAD,
      expires: EXPIRES_MS,
      idle_heartbeat: HEARTBEAT_MS,
      callback: (message) =>
        hear({
          sequence: message.seq,
          pending: message.info.pending,
          pendingAtFirst: num_pending,
          envelope: envelopeOf(message),
          bytes: message.data,
        }),
    });
    return {
      pending: num_pending,
      silent: Promise.race([silence(messages), messages.closed()]).then(
        () => {},
      ),
      end: () => void endOf(consumer, messages),
    };
  }

  /** Hears what hubs tell each other of a room, until the returned call. */
  hear(subject: string, hear: (message: Msg) => void): () => void {
    const subscription = this.connection.nc.subscribe(subject, {
      callback: (error, message) => {
        // The line has told the hub what the server refused.
        if (error === null) hear(message);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Tells the other hubs something of a room. */
  tell(subject: string, bytes: Uint8Array, headers: MsgHdrs): void {
    const { isOpen, nc } = this.connection;
    if (isOpen()) nc.publish(subject, bytes, { headers });
  }
}

interface Acknowledgement {
  readonly stream?: string;
  readonly error?: {
    readonly err_code?: number;
    readonly description?: string;
  };
}

/** Resolves when the store has given no sign of life. */
async function silence(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) {
    if (type === "heartbeats_missed" || type === "stream_not_found") return;
  }
}

async function endOf(
  consumer: Consumer,
  messages: ConsumerMessages,
): Promise<void> {
  try {
    await messages.close();
    await consumer.delete();
  } catch {
    // The store removes it after five minutes without a hub.
  }
}
