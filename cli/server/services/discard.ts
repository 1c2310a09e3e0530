/**
 * The service that reads and counts.
 *
 * @module
 */

import {
  type MessageHandler,
  readToTheEnd,
  type StreamHandler,
} from "../service.ts";

/** Reads from a connection. */
export function stream(): StreamHandler {
  return { encoding: "bytes", handler: readToTheEnd };
}

/** Takes a datagram. */
export function datagram(): MessageHandler {
  return { encoding: "bytes", handler: () => {} };
}
