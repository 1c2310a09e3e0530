/**
 * The framing of a request that is typed for a `ws:` address: the frames of a client,
 * which are cut like any other bytes.
 *
 * @module
 */

import { type Framing, parseFraming } from "../../../lib/framing/mod.ts";
import { WebSocketEncoder } from "../../../lib/websocket/mod.ts";

/** Frames as a client sends them: a message is a text, and masked. */
export function webSocketRequest(): Framing {
  const frames = parseFraming("websocket");
  const { explain } = frames;
  return {
    boundary: frames.boundary,
    decoder: (options) => frames.decoder(options),
    encoder({ maxMessageBytes }) {
      const encoder = new WebSocketEncoder({
        from: "client",
        maxMessageBytes,
        newKey: () => crypto.getRandomValues(new Uint32Array(1))[0]!,
      });
      encoder.kind = "text";
      return encoder;
    },
    ...explain && { explain: explain.bind(frames) },
    toString: () => "websocket",
  };
}
