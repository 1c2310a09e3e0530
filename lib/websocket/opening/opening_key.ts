/**
 * The fields of the opening handshake (RFC 6455 section 4), without a socket.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** The version of RFC 6455; there is no other. */
export const WEBSOCKET_VERSION = "13";

// Section 1.3: it shows that a server means WebSocket and nothing else.
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A key for a request: 16 random bytes in base64. */
export function newOpeningKey(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64();
}

/** Whether a key is 16 bytes in base64. */
export function isOpeningKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(key);
}

/** The answer to a key. */
export function acceptKey(key: string): string {
  return createHash("sha1").update(key + GUID).digest("base64");
}

/** Whether a subprotocol's name may stand in the field: a token of RFC 9110. */
export function isProtocolName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}
