/**
 * What is sent: messages that are given, or made.
 *
 * @module
 */

import { OptionTypeError, outOfRange } from "../../check.ts";
import { ByteSink } from "../../bytes/byte_sink.ts";
import { framingOf } from "../../framing/by_name.ts";
import {
  checkFits,
  parseUdpAddress,
} from "../../session/datagrams/udp_address.ts";
import { GeneratedMessages } from "../messages/generated_messages.ts";
import { GivenMessages } from "../messages/given_messages.ts";
import type { MessageSource } from "../messages/message_source.ts";
import { DEFAULT_LOAD_MESSAGE_BYTES, type LoadOptions } from "../options.ts";
import type { SpokenRow } from "./spoken.ts";

// A body for HTTP is made whole, and has no other limit.
const MOST_MADE_BYTES = 2 ** 30;

/** What is sent, as data. */
export type Content =
  | { readonly given: readonly Uint8Array[] }
  | { readonly least: number; readonly most: number };

/**
 * Reads the options.
 *
 * @throws {TypeError} If there are no messages, or both messages and a size.
 * @throws {RangeError} If a size is out of its range.
 */
export function contentOf(
  { messages, size }: LoadOptions,
  { hasContent }: SpokenRow,
): Content {
  if (messages !== undefined) {
    if (size !== undefined) {
      throw new OptionTypeError({
        action: "use",
        option: "size",
        value: size,
        reason: "the messages are given, and have their own sizes",
      });
    }
    if (messages.length === 0) {
      throw new OptionTypeError({
        action: "use",
        option: "messages",
        value: messages.length,
        reason: "there must be at least one",
      });
    }
    return { given: messages };
  }
  if (size === undefined && !hasContent) {
    return { given: [new Uint8Array(0)] };
  }
  const [least, most] = typeof size === "object"
    ? size
    : [size ?? DEFAULT_LOAD_MESSAGE_BYTES, size ?? DEFAULT_LOAD_MESSAGE_BYTES];
  const isFine = Number.isSafeInteger(least) && Number.isSafeInteger(most) &&
    least >= 1 && least <= most && most <= MOST_MADE_BYTES;
  if (isFine) return { least, most };
  throw outOfRange(
    "size",
    least === most ? least : size,
    `an integer from 1 to ${MOST_MADE_BYTES}, or two of which the first is not larger`,
  );
}

/** Makes what gives the messages. */
export function sourceOf(content: Content, seed: number): MessageSource {
  return "given" in content
    ? new GivenMessages(content.given)
    : new GeneratedMessages(content.least, content.most, seed);
}

/**
 * Looks whether the messages can be sent, before anything is opened.
 *
 * @throws {TypeError | RangeError} What the encoder says of the first that it cannot
 * express.
 */
export function checkContent(
  content: Content,
  seed: number,
  framing: Parameters<typeof framingOf>[0],
  maxMessageBytes: number,
): void {
  const made = "given" in content
    ? content.given
    : [content.least, content.most].flatMap((size) =>
      new GeneratedMessages(size, size, seed).take(0, 1)
    );
  const encoder = framingOf(framing).encoder({
    from: "client",
    maxMessageBytes,
  });
  for (const message of made) encoder.encode(message, new ByteSink());
}

/**
 * Looks whether datagrams can hold the messages.
 *
 * @param to Where they go.
 * @throws {RangeError} If no datagram of that IP version can hold one.
 */
export function checkDatagrams(content: Content, to: string): void {
  const address = parseUdpAddress(to, "send to");
  const made = "given" in content
    ? content.given
    : [new Uint8Array(content.most)];
  for (const message of made) checkFits(message, address);
}
