/**
 * The service that answers in Unicode upper case. A message that is not UTF-8 is
 * an error.
 *
 * @module
 */

import type { MessageHandler, StreamHandler } from "../service.ts";

/** Answers on a connection. */
export function stream(): StreamHandler {
  return {
    encoding: "text",
    async handler(connection) {
      for await (const batch of connection.batches({ reuse: true })) {
        await connection.sendAll(batch.map((text) => text.toUpperCase()));
      }
    },
  };
}

/** Answers a datagram. */
export function datagram(): MessageHandler {
  return {
    encoding: "text",
    handler: (message, from, socket) =>
      socket.send(message.toUpperCase(), from),
  };
}
