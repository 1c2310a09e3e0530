/**
 * Whether a message is sent as text or as bytes.
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import type { MessageType } from "../../transport/ws/options.ts";
import type { MessageKind } from "../wire/assembly.ts";
import { Utf8Check } from "../wire/utf8.ts";

/**
 * Chooses the kind of a message of bytes.
 *
 * @param received The kind of the message that was received last, if one was.
 * @throws {RangeError} If it must be text and is not UTF-8.
 */
export function kindOf(
  message: Uint8Array,
  messageType: MessageType,
  received: MessageKind | undefined,
): MessageKind {
  switch (messageType) {
    case "binary":
      return "binary";
    case "same":
      return received ?? "binary";
    case "text":
      if (isText(message)) return "text";
      throw new OptionRangeError({
        action: `send message of ${message.length} bytes as text`,
        reason: "it is not UTF-8",
        option: "messageType",
      });
    case "auto":
      return isText(message) ? "text" : "binary";
  }
}

function isText(message: Uint8Array): boolean {
  const check = new Utf8Check();
  return check.push(message) === -1 && check.isWhole;
}
