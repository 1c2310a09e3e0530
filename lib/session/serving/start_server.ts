/**
 * How any server begins: everything is checked, then listened to, or nothing is.
 *
 * @module
 */

import type { EncodingLike } from "../../encoding/parse.ts";
import { Address, parseAddress } from "../../transport/address.ts";
import type { Framing } from "../../framing/framing.ts";
import { framingOf } from "../../framing/by_name.ts";
import type { Listener } from "../../transport/connection.ts";
import { type Conversations, RunningServer } from "./running_server.ts";
import type { ServeOptions } from "./server_options.ts";
import { OptionTypeError } from "../../check.ts";
import type { ChannelSettings } from "../channel/channel_settings.ts";
import type { MessageOptions } from "../messages/settings.ts";
import type { Conversable } from "./conversation.ts";
import type { ServerEvent } from "./server_event.ts";
import { checkedOptions } from "./check_options.ts";
import { listenAll } from "./listen_all.ts";
import { Slots } from "./slots.ts";

/** The options of any server, whatever is spoken over its connections. */
export type StartOptions<T, C> =
  & Omit<ServeOptions<EncodingLike>, "onEvent" | keyof MessageOptions>
  & { readonly onEvent?: ((event: ServerEvent<T, C>) => void) | undefined };

/** An address whose connections have a framing of their own. */
export interface FramedAddress {
  /** Where to listen, or a listener, which the server then owns. */
  readonly address: string | Address | Listener;
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
  const { limits, proxies } = await checkedOptions(options);
  if (typeof conversations.handler !== "function") {
    throw new OptionTypeError({
      action: "serve",
      reason: "the handler must be a function",
    });
  }
  options.signal?.throwIfAborted();
  const open = await listenAll(where.map(({ at }) => at), options);
  return new RunningServer({
    conversations,
    listeners: open.map((listener, i) => ({
      listener,
      framing: where[i]!.framing,
    })),
    options,
    proxies,
    settings,
    slots: new Slots(limits),
  });
}

function placeOf(where: ServeAddress): Place {
  const isFramed = typeof where === "object" && "framing" in where;
  const at = isFramed ? where.address : where;
  const isPlace = typeof at === "string" || at instanceof Address ||
    typeof at?.accept === "function";
  if (!isPlace) {
    throw new OptionTypeError({
      action: "listen on",
      address: String(at),
      reason: 'it must be an Address, or a string such as "127.0.0.1:7342"',
    });
  }
  return {
    at: typeof at === "string" ? parseAddress(at) : at,
    framing: isFramed ? framingOf(where.framing) : undefined,
  };
}
