/**
 * What the client refuses before it connects.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import type { Framing } from "../../lib/framing/mod.ts";
import {
  MAX_IPV4_DATAGRAM_BYTES,
  MAX_IPV6_DATAGRAM_BYTES,
} from "../../lib/start.ts";
import { errorText } from "../output/error_text.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure, UsageError } from "../output/failure.ts";
import { checkPair } from "../tls/tls_options.ts";

/**
 * Refuses options of TLS that do not go together.
 *
 * @param given The options that were given.
 * @throws {UsageError} If there is such an option.
 */
export function checkTls(address: Address, given: ReadonlySet<string>): void {
  if (!address.isTls) return;
  checkPair(given);
}

/**
 * Refuses the source of a PROXY protocol header that is not sent.
 *
 * @param given The options that were given.
 * @throws {UsageError} If it is given without the header.
 */
export function checkProxySource(given: ReadonlySet<string>): void {
  if (given.has("proxy-source") && !given.has("proxy-protocol")) {
    throw new UsageError(
      "--proxy-source is for --proxy-protocol; write for example: --proxy-protocol --proxy-source 192.0.2.1:5000",
    );
  }
}

/**
 * Encodes the messages once, so that none is sent if one cannot be.
 *
 * @param maxMessageBytes Largest message in bytes.
 * @throws {Failure} If one cannot be encoded.
 */
export async function checkMessages(
  messages: readonly Uint8Array[],
  framing: Framing,
  maxMessageBytes: number,
): Promise<void> {
  if (messages.length === 0) return;
  // What sends them is loaded after this anyway.
  const { ByteSink } = await import("../../lib/core.ts");
  const sink = new ByteSink();
  try {
    const encoder = framing.encoder({ from: "client", maxMessageBytes });
    for (const message of messages) encoder.encode(message, sink);
  } catch (cause) {
    throw cannotSend(cause);
  }
}

/**
 * Refuses what does not fit into a datagram, before any is sent. A name may
 * lead to IPv6, so it has the larger limit.
 *
 * @param address Where they go.
 * @param maxMessageBytes Largest message in bytes.
 * @throws {Failure} If one is too large.
 */
export function checkDatagrams(
  messages: readonly Uint8Array[],
  address: Address,
  maxMessageBytes: number,
): void {
  const isIpv4 = /^[\d.]+$/.test(address.hostname);
  const [kind, holds] = isIpv4
    ? ["over IPv4", MAX_IPV4_DATAGRAM_BYTES]
    : ["over IPv6", MAX_IPV6_DATAGRAM_BYTES];
  messages.forEach(({ length }, i) => {
    if (length > maxMessageBytes) {
      throw new Failure(
        EXIT.framing,
        `message ${
          i + 1
        } is ${length} bytes and --max-message is ${maxMessageBytes}; nothing was sent`,
      );
    }
    if (length > holds) {
      throw new Failure(
        EXIT.framing,
        `message ${
          i + 1
        } is ${length} bytes and a datagram ${kind} holds at most ${holds}; nothing was sent, use a tcp: address for more`,
      );
    }
  });
}

/**
 * Describes a message that the framing cannot express.
 *
 * @returns The failure; other errors as they are.
 */
export function cannotSend(cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause;
  return new Failure(
    EXIT.framing,
    `${errorText(cause)}; see --frame and --max-message`,
    { cause },
  );
}
