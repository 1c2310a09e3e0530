/**
 * What the server does with a datagram, by the names of the services.
 *
 * @module
 */

import type { DatagramHandler } from "../../lib/session/datagrams/mod.ts";

/** A service whose datagrams are bytes or text. */
export type DatagramService =
  | {
    readonly encoding: "bytes";
    readonly handler: DatagramHandler<Uint8Array>;
  }
  | { readonly encoding: "text"; readonly handler: DatagramHandler<string> };

/** The services; a name that is missing makes no sense over datagrams. */
export const DATAGRAM_SERVICES: Readonly<Record<string, DatagramService>> = {
  echo: {
    encoding: "bytes",
    handler: (message, from, socket) => socket.send(message, from),
  },
  upper: {
    encoding: "text",
    handler: (message, from, socket) =>
      socket.send(message.toUpperCase(), from),
  },
  reverse: {
    encoding: "bytes",
    // In place: nobody looks at the datagram any more.
    handler: (message, from, socket) => socket.send(message.reverse(), from),
  },
  discard: { encoding: "bytes", handler: () => {} },
};
