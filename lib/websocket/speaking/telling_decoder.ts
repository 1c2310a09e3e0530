/**
 * Lets a connection answer an error of its decoder.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { Decoder } from "../../framing/framing.ts";
import type { WebSocketDecoder } from "../wire/websocket_decoder.ts";

/** Tells of an error when it is thrown: all messages before it were taken. */
export class TellingDecoder implements Decoder {
  readonly #decoder: WebSocketDecoder;
  readonly #tell: (error: unknown) => void;
  // What a batch was cut short by; the next call throws it.
  #failure: { readonly error: unknown } | undefined;

  constructor(decoder: WebSocketDecoder, tell: (error: unknown) => void) {
    this.#decoder = decoder;
    this.#tell = tell;
  }

  get missingBytes(): number {
    return this.#decoder.missingBytes;
  }

  get isInside(): boolean {
    return this.#decoder.isInside;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      return this.#decoder.decode(queue);
    } catch (error) {
      this.#tell(error);
      throw error;
    }
  }

  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    const before = into.length;
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#decoder.decodeBatch(queue, into, most);
    } catch (error) {
      this.#failure = { error };
      if (into.length > before) return;
      this.#tell(error);
      throw error;
    }
  }

  decodeEnd(queue: ReadableQueue): undefined {
    try {
      return this.#decoder.decodeEnd(queue);
    } catch (error) {
      this.#tell(error);
      throw error;
    }
  }
}
