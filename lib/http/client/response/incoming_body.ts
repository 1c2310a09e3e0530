/**
 * The body of a response, as the web's streams give it.
 *
 * @module
 */

import { tooLarge } from "../../wire/http_error.ts";
import { type Coding, Decompressed } from "./decompression.ts";
import type { RunningRequest } from "../running_request.ts";
import type { BodySource } from "../request/outgoing_body.ts";
import { named } from "./response_error.ts";

/**
 * Gives a response's body.
 *
 * @param running Where it comes from.
 * @param codings How it is compressed, the outermost coding first.
 * @param maxBodyBytes Largest size in bytes.
 * @returns The stream. It reads when it is read, so a slow reader makes a slow
 * server.
 */
export function incomingBody(
  running: RunningRequest,
  codings: readonly Coding[],
  maxBodyBytes: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let source: BodySource = running;
  for (const coding of codings) source = new Decompressed(source, coding);
  // What is not compressed is bounded by the machine.
  if (codings.length > 0) source = new Bounded(source, maxBodyBytes);
  const { name } = running.request.target;
  // Not of type "bytes": that would take the buffer away that other parts lie in.
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      running.onFailure = (reason) => controller.error(reason);
    },
    async pull(controller) {
      try {
        const part = await source.read();
        if (part === undefined) controller.close();
        else controller.enqueue(part as Uint8Array<ArrayBuffer>);
      } catch (error) {
        running.cancel(error);
        throw named(error, name);
      }
    },
    cancel: (reason) => running.cancel(reason),
  }, { highWaterMark: 0 });
}

/** A body that ends at a limit. */
class Bounded implements BodySource {
  readonly #inner: BodySource;
  readonly #maxBytes: number;
  #left: number;
  #isAbove = false;

  constructor(inner: BodySource, maxBytes: number) {
    this.#inner = inner;
    this.#maxBytes = maxBytes;
    this.#left = maxBytes;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#isAbove) {
      throw tooLarge(413, "body", this.#maxBytes, "maxBodyBytes");
    }
    const part = await this.#inner.read();
    if (part === undefined) return undefined;
    // Whatever the cut, all up to the limit is given and then the error.
    this.#isAbove = part.length > this.#left;
    const fitting = part.subarray(0, this.#left);
    this.#left -= fitting.length;
    return fitting.length > 0 ? fitting : await this.read();
  }

  cancel(reason: unknown): void {
    this.#inner.cancel(reason);
  }
}
