/**
 * What the server does with a connection, by name.
 *
 * The loops take what is here in one array and answer it in one write, and
 * share one buffer per connection: a batch is valid until the next is asked for.
 *
 * @module
 */

import type { Handler, MessageConnection } from "../../mod.ts";

/** A service whose messages are bytes or text. */
export type Service =
  | { readonly encoding: "bytes"; readonly handler: Handler<Uint8Array> }
  | { readonly encoding: "text"; readonly handler: Handler<string> };

/** Answers each message with itself. */
export const echo: Service = {
  encoding: "bytes",
  async handler(connection) {
    for await (const batch of connection.batches({ reuse: true })) {
      await connection.sendAll(batch);
    }
  },
};

/** Answers each message in Unicode upper case; what is not UTF-8 is an error. */
export const upper: Service = {
  encoding: "text",
  async handler(connection) {
    for await (const batch of connection.batches()) {
      await connection.sendAll(batch.map((text) => text.toUpperCase()));
    }
  },
};

/** Answers each message with its bytes in reverse order. */
export const reverse: Service = {
  encoding: "bytes",
  async handler(connection) {
    for await (const batch of connection.batches({ reuse: true })) {
      // In place: nobody looks at the batch any more.
      for (const message of batch) message.reverse();
      await connection.sendAll(batch);
    }
  },
};

/** Reads and counts. */
export const discard: Service = {
  encoding: "bytes",
  handler: readToTheEnd,
};

/**
 * Reads until the peer has finished sending, and drops it.
 *
 * @param connection The connection.
 */
export async function readToTheEnd(
  connection: MessageConnection,
): Promise<void> {
  const batches = connection.batches({ reuse: true });
  while ((await batches.next()).done !== true);
}
