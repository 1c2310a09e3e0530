/**
 * The service that answers each message with itself.
 *
 * The loop takes what has arrived in one array and answers it in one write, and
 * has one buffer per connection: a batch is valid until the next is asked for.
 *
 * @module
 */

import type { MessageHandler, StreamHandler } from "../service.ts";

/** Answers on a connection. */
export function stream(): StreamHandler {
  return {
    encoding: "bytes",
    async handler(connection) {
      for await (const batch of connection.batches({ reuse: true })) {
        await connection.sendAll(batch);
      }
    },
  };
}

/** Answers a datagram. */
export function datagram(): MessageHandler {
  return {
    encoding: "bytes",
    handler: (message, from, socket) => socket.send(message, from),
  };
}
