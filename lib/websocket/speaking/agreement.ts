/**
 * What the opening handshake has come to.
 *
 * @module
 */

import type { Side } from "../../framing/framing.ts";
import type { MessageType } from "../../transport/ws/options.ts";
import type { Compression } from "../opening/extensions.ts";

/** What the two ends have agreed on. */
export interface WebSocketAgreement {
  /** Which side this is. */
  readonly side: Side;
  /** The subprotocol; `""` if there is none. */
  readonly protocol: string;
  /** How messages are compressed, if they are. */
  readonly compression: Compression | undefined;
  /** What the client asked for, such as `/chat?room=1`. */
  readonly target: string;
  /** The page's origin, if the client is a browser; known to the server. */
  readonly origin: string | undefined;
  /** What messages of bytes are sent as. */
  readonly messageType: MessageType;
  /** How often a ping is sent, in milliseconds; `Infinity` for never. */
  readonly pingMs: number;
  /** What the server has opened for the connection. */
  readonly prepared?: unknown;
  /** The peer's address, for errors. */
  readonly peer: string;
}
