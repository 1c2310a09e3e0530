/**
 * How any server begins: everything is checked, then listened to, or nothing is.
 *
 * @module
 */

import type { EncodingLike } from "../../encoding/parse.ts";
import { type Address, parseAddress } from "../../transport/address.ts";
import type { Framing } from "../../framing/framing.ts";
import { framingOf } from "../../framing/by_name.ts";
import type { Listener } from "../../transport/connection.ts";
import { listen } from "../../transport/open.ts";
import type {
  ProxyProtocolOptions,
  ProxyReader,
} from "../../transport/proxy/proxied.ts";
import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "../channel/handshake.ts";
import {
  type Conversations,
  type OpenListener,
  RunningServer,
} from "./running_server.ts";
import { type ServeOptions, slotLimits } from "./server_options.ts";
import { checkDuration, OptionTypeError } from "../../check.ts";
import type { ChannelSettings } from "../channel/channel_settings.ts";
import type { MessageOptions } from "../messages/settings.ts";
import type { Conversable } from "./conversation.ts";
import type { ServerEvent } from "./server_event.ts";
import { Slots } from "./slots.ts";

/** The options of any server, whatever is spoken over its connections. */
export type StartOptions<T, C> =
  & Omit<ServeOptions<EncodingLike>, "onEvent" | keyof MessageOptions>
  & { readonly onEvent?: ((event: ServerEvent<T, C>) => void) | undefined };

/** An address whose connections have a framing of their own. */
export interface FramedAddress {
  /** Where to listen. */
  readonly address: string | Address;
  /**
   * How the messages of its connections are framed, in place of the option
   * `framing`. It means nothing over WebSocket, whose frames are the messages.
   */
  readonly framing: Framing | string;
}

/**
 * Where to listen: an address, one with a framing of its own, or a listener that is
 * open already.
 */
export type ServeAddress = string | Address | FramedAddress | Listener;

/** A place to listen, checked. */
interface Place {
  readonly at: Address | Listener;
  readonly framing: Framing | undefined;
}

/**
 * Listens and begins to accept.
 *
 * @param addresses Where to listen.
 * @param options Limits, socket options, events.
 * @param settings What every channel gets.
 * @param conversations What is done with the connections.
 * @returns The server, listening already.
 * @throws {TypeError} If an address or the handler is invalid.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses an address; then the server
 * listens on none of them.
 */
export async function startServer<T, C extends Conversable>(
  addresses: ServeAddress | readonly ServeAddress[],
  options: StartOptions<T, C>,
  settings: ChannelSettings,
  conversations: Conversations<T, C>,
): Promise<RunningServer<T, C>> {
  const where = (Array.isArray(addresses) ? addresses : [addresses])
    .map(placeOf);
  if (where.length === 0) {
    throw new OptionTypeError({
      action: "serve",
      reason: "there is no address",
    });
  }
  const slots = new Slots(slotLimits(options));
  const { tlsHandshakeTimeoutMs = DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } = options;
  checkDuration("tlsHandshakeTimeoutMs", tlsHandshakeTimeoutMs);
  const proxies = await readerOf(options.proxyProtocol);
  if (typeof conversations.handler !== "function") {
    throw new OptionTypeError({
      action: "serve",
      reason: "the handler must be a function",
    });
  }
  options.signal?.throwIfAborted();
  const listeners = await listenAll(where, options);
  return new RunningServer({
    conversations,
    listeners,
    options,
    proxies,
    settings,
    slots,
  });
}

/** Few servers stand behind a proxy, so what reads its header is loaded then. */
async function readerOf(
  options: ProxyProtocolOptions | undefined,
): Promise<ProxyReader | undefined> {
  if (options === undefined) return undefined;
  const { ProxyReader } = await import("../../transport/proxy/proxied.ts");
  return new ProxyReader(options);
}

function placeOf(where: ServeAddress): Place {
  const isFramed = typeof where === "object" && "framing" in where;
  const at = isFramed ? where.address : where;
  return {
    at: typeof at === "string" ? parseAddress(at) : at,
    framing: isFramed ? framingOf(where.framing) : undefined,
  };
}

async function listenAll(
  where: readonly Place[],
  options: StartOptions<never, never>,
): Promise<OpenListener[]> {
  const open: OpenListener[] = [];
  try {
    for (const { at, framing } of where) {
      const listener = "accept" in at ? at : await listen(at, options);
      open.push({ listener, framing });
    }
    options.signal?.throwIfAborted();
    return open;
  } catch (error) {
    // Also the listeners that were given and come after the failure.
    const all = [
      ...open.map(({ listener }) => listener),
      ...where.map(({ at }) => at),
    ];
    for (const one of new Set(all)) if ("accept" in one) one.close();
    throw error;
  }
}
