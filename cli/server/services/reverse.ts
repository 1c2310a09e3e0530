/**
 * The service that answers with the bytes of a message in reverse order.
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
        // In place: nothing else looks at the batch.
        for (const message of batch) message.reverse();
        await connection.sendAll(batch);
      }
    },
  };
}

/** Answers a datagram. */
export function datagram(): MessageHandler {
  return {
    encoding: "bytes",
    // In place: nothing else looks at the datagram.
    handler: (message, from, socket) => socket.send(message.reverse(), from),
  };
}
