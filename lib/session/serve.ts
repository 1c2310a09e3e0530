/**
 * A server: accepts connections and gives each to a handler.
 *
 * @module
 */

import type { EncodingLike, MessageOf } from "../encoding/parse.ts";
import { type Address, parseAddress } from "../transport/address.ts";
import type { Listener } from "../transport/connection.ts";
import { listen } from "../transport/open.ts";
import { ProxyReader } from "../transport/proxied.ts";
import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "./handshake.ts";
import { RunningServer } from "./running_server.ts";
import type { Handler, Server } from "./server.ts";
import { type ServeOptions, slotLimits } from "./server_options.ts";
import { checkDuration, Settings } from "./settings.ts";
import { Slots } from "./slots.ts";

/** Where to listen: an address, or a listener that is open already. */
export type ServeAddress = string | Address | Listener;

/**
 * Listens and gives each connection to a handler.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 * @param addresses Where to listen: one address or several, port 0 for one that
 * the system chooses; or a listener, which the server then owns.
 * @param options Framing, encoding, limits, deadlines, socket options.
 * @param handler Talks to one peer.
 * @returns The server, listening already.
 * @throws {TypeError} If an address, the framing or the encoding is none.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses an address; then none is
 * listened on.
 *
 * @example A server of upper-case text
 * ```ts
 * import { serve } from "@parley/parley";
 *
 * await using server = await serve(
 *   "tcp://127.0.0.1:0",
 *   { framing: "length:4", encoding: "text" },
 *   async (connection) => {
 *     for await (const message of connection) {
 *       await connection.send(message.toUpperCase());
 *     }
 *   },
 * );
 * // The port that the system chose is in server.address.
 * ```
 */
export async function serve<E extends EncodingLike = "bytes">(
  addresses: ServeAddress | readonly ServeAddress[],
  options: ServeOptions<E, MessageOf<E>>,
  handler: Handler<MessageOf<E>>,
): Promise<Server<MessageOf<E>>> {
  const where = (Array.isArray(addresses) ? addresses : [addresses])
    .map((address) =>
      typeof address === "string" ? parseAddress(address) : address
    );
  if (where.length === 0) throw new TypeError("Cannot serve on no address");
  const settings = new Settings<MessageOf<E>>(options);
  const slots = new Slots(slotLimits(options));
  const { tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } = options;
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  const proxies = options.proxyProtocol === undefined
    ? undefined
    : new ProxyReader(options.proxyProtocol);
  if (typeof handler !== "function") {
    throw new TypeError(
      "Cannot serve without a handler: it must be a function",
    );
  }
  options.signal?.throwIfAborted();
  const listeners: Listener[] = [];
  try {
    for (const place of where) {
      listeners.push("accept" in place ? place : await listen(place, options));
    }
    options.signal?.throwIfAborted();
  } catch (error) {
    // Also the listeners that were given and come after the failure.
    for (const open of new Set([...listeners, ...where])) {
      if ("accept" in open) open.close();
    }
    throw error;
  }
  return new RunningServer(
    listeners,
    settings,
    slots,
    proxies,
    options,
    handler,
  );
}
