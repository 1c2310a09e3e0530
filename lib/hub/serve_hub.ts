/**
 * Serves rooms of members.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { FramedConnection } from "../session/messages/framed_connection.ts";
import type { MessageConnection } from "../session/messages/message_connection.ts";
import { serve, type ServeAddress } from "../session/serving/serve.ts";
import { DEFAULT_MAX_MESSAGE_BYTES } from "../framing/framing.ts";
import { parseAddress } from "../transport/address.ts";
import { type Hub, RunningHub } from "./hub.ts";
import { HubHome } from "./hub_home.ts";
import { checkFraming, type HubOptions, HubSettings } from "./hub_options.ts";
import { localBackbone } from "./local_backbone.ts";
import { MAX_MEMBER_NAME_BYTES } from "./members/names.ts";

/**
 * Listens, and passes every message of a member on to the other members of its
 * room: whole, once, and unchanged, except for the name in front with `names`.
 *
 * @param addresses Where to listen, as for `serve`: any transport of connections.
 * @param options Rooms, bounds, and all options of a server.
 * @returns The hub, listening already, and connected with its backbone.
 * @throws {TypeError} If an option is invalid, or an address has datagrams.
 * @throws {RangeError} If a number is out of its range.
 * @throws {ConnectionError} If the system refuses an address, or the backbone is
 * not there.
 *
 * @example A chat with names
 * ```ts
 * import { connect } from "@parley/parley";
 * import { serveHub } from "@parley/parley/hub";
 * import { assertEquals } from "@std/assert";
 *
 * await using hub = await serveHub("tcp://127.0.0.1:0", { names: true, notices: "text" });
 *
 * const text = { encoding: "text" } as const;
 * await using ann = await connect(hub.address, text);
 * assertEquals(await ann.receive(), "* you are guest-1 in lobby (1 here)");
 * await ann.send("/name ann");
 * assertEquals(await ann.receive(), "* guest-1 is now ann");
 *
 * await using ben = await connect(hub.address, text);
 * assertEquals(await ben.receive(), "* you are guest-2 in lobby (2 here)");
 * assertEquals(await ann.receive(), "* guest-2 joined lobby");
 * await ann.send("hello");
 * assertEquals(await ben.receive(), "ann: hello");
 * ```
 */
export async function serveHub(
  addresses: ServeAddress | readonly ServeAddress[],
  options: HubOptions = {},
): Promise<Hub> {
  const settings = new HubSettings(options);
  checkAddresses([addresses].flat());
  const { backbone = localBackbone(), onEvent, signal, ...serving } = options;
  const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } = options;
  // A name, a colon and a blank.
  const room = settings.names ? MAX_MEMBER_NAME_BYTES + 2 : 0;
  const maxSentMessageBytes = maxMessageBytes + Math.max(room, NOTICE_BYTES);
  const limits = { maxMessageBytes, maxSentMessageBytes };
  const home = new HubHome(settings, limits, onEvent);
  await home.open(backbone, signal);
  try {
    const server = await serve(
      addresses,
      {
        ...serving,
        ...limits,
        ...onEvent === undefined ? {} : { onEvent },
        // The type of the last message received says nothing of what others send.
        webSocket: { messageType: "auto", ...options.webSocket },
      },
      (connection: MessageConnection) =>
        home.converse(connection as FramedConnection<Uint8Array>),
    );
    const hub = new RunningHub(home, server, signal);
    if (signal?.aborted === true) void hub.shutdown();
    return hub;
  } catch (error) {
    await home.link.close(0);
    throw error;
  }
}

// The longest notice has two names of members, or one of a room.
const NOTICE_BYTES = 1024;

function checkAddresses(addresses: readonly ServeAddress[]): void {
  for (const given of addresses) {
    const isFramed = typeof given === "object" && "framing" in given;
    if (isFramed) checkFraming(given.framing);
    const at = isFramed ? given.address : given;
    const address = typeof at === "string" ? parseAddress(at) : at;
    if ("accept" in address || address.transport !== "udp") continue;
    throw new OptionTypeError({
      action: "serve a hub on",
      address: String(address),
      reason:
        "a datagram belongs to no connection: a hub could not tell when a member has left, nor slow a sender down",
    });
  }
}
