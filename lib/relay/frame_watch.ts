/**
 * Sees messages in the bytes that a relay passes on.
 *
 * @module
 */

import { checkSize } from "../check.ts";
import { DEFAULT_MAX_MESSAGE_BYTES, type Framing } from "../framing/framing.ts";
import { parseFraming } from "../framing/parse.ts";
import type { RelayDirection } from "./options.ts";
import type { FrameWatchOptions, WatchedFramings } from "./watched.ts";
import { type SharedOptions, WatchedDirection } from "./watched_direction.ts";

/**
 * Finds the messages in both directions of one relay, without a part in passing
 * them on: bytes that do not fit the framing pass like any others, are reported once,
 * and are given as raw from there on.
 *
 * It holds the message that has begun, at most `maxMessageBytes` in each direction,
 * and never more than a few times that.
 *
 * @example Every message that passes, and in how many reads it came
 * ```ts
 * import { FrameWatch, relay } from "@parley/parley/relay";
 * import { memoryPair } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const [client, left] = memoryPair({ toServer: { readBytes: [3] } });
 * const [right, server] = memoryPair();
 *
 * const seen: string[] = [];
 * const watch = new FrameWatch({
 *   framing: "line",
 *   onMessage: ({ direction, number, message, reads }) => {
 *     const text = new TextDecoder().decode(message);
 *     seen.push(`${direction} ${number} ${text} in ${reads}`);
 *   },
 * });
 * const { onChunk, onEnd } = watch;
 * const relayed = relay(left, right, { onChunk, onEnd });
 *
 * await client.write(new TextEncoder().encode("hello\nyou\n"));
 * await client.closeWrite();
 * const into = new Uint8Array(100);
 * while (await server.read(into) !== null);
 * await server.closeWrite();
 * await relayed;
 * assertEquals(seen, ["toServer 1 hello in 2", "toServer 2 you in 1"]);
 * ```
 */
export class FrameWatch {
  readonly #framing: readonly [Framing, Framing];
  readonly #options: SharedOptions;
  // Made with their first bytes: many connections have only one direction, or none.
  #toServer: WatchedDirection | undefined;
  #toClient: WatchedDirection | undefined;
  /** For `onChunk` of a relay, or called by you with the bytes of every read. */
  readonly onChunk = (direction: RelayDirection, bytes: Uint8Array): void =>
    this.#of(direction).chunk(bytes);
  /** For `onEnd` of a relay, or called by you when a sender has finished. */
  readonly onEnd = (direction: RelayDirection): void =>
    this.#of(direction).end();

  /**
   * Begins with the first byte of a connection.
   *
   * @param options The framing, and what is called.
   * @throws {TypeError} If a framing does not exist.
   * @throws {RangeError} If the limit is not a positive integer.
   */
  constructor(options: FrameWatchOptions = {}) {
    const { framing = "raw", now = () => performance.now() } = options;
    if (options.maxMessageBytes !== undefined) {
      checkSize("maxMessageBytes", options.maxMessageBytes, 1);
    }
    this.#framing = bothWays(framing).map((one) =>
      typeof one === "string" ? parseFraming(one) : one
    ) as [Framing, Framing];
    this.#options = { ...options, now };
    // A framing that refuses its options does so here, and not when bytes pass.
    const [toServer, toClient] = this.#framing;
    const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } = options;
    toServer.decoder({ from: "client", maxMessageBytes });
    toClient.decoder({ from: "server", maxMessageBytes });
  }

  /**
   * How many messages have passed.
   *
   * @param direction Which way.
   * @returns All of them, looked at or counted only.
   */
  messages(direction: RelayDirection): number {
    return this.#begun(direction)?.messages ?? 0;
  }

  /**
   * How much of an incomplete message is here.
   *
   * @param direction Which way.
   * @returns Its bytes so far, or 0 if no message has begun.
   */
  pendingBytes(direction: RelayDirection): number {
    return this.#begun(direction)?.pendingBytes ?? 0;
  }

  #begun(direction: RelayDirection): WatchedDirection | undefined {
    return direction === "toServer" ? this.#toServer : this.#toClient;
  }

  #of(direction: RelayDirection): WatchedDirection {
    return this.#begun(direction) ?? this.#begin(direction);
  }

  #begin(direction: RelayDirection): WatchedDirection {
    const [toServer, toClient] = this.#framing;
    return direction === "toServer"
      ? this.#toServer = this.#made(direction, toServer)
      : this.#toClient = this.#made(direction, toClient);
  }

  #made(direction: RelayDirection, framing: Framing): WatchedDirection {
    return new WatchedDirection(direction, framing, this, this.#options);
  }
}

function bothWays(
  framing: Framing | string | WatchedFramings,
): readonly (Framing | string)[] {
  return typeof framing === "object" && "toServer" in framing
    ? [framing.toServer, framing.toClient]
    : [framing, framing];
}
