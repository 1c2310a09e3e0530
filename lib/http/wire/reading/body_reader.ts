/**
 * Reads a body off the front of the queue (RFC 9112 section 6).
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import type { BodyLength } from "../body_length.ts";
import type { Allowance } from "./allowance.ts";
import { type BodyReader, takeData } from "./body_parts.ts";
import { ChunkedReader } from "./chunked_reader.ts";
import { type BodyData, END, type MessageEnd } from "../events.ts";
import { tooLarge, truncated } from "../http_error.ts";
import type { HttpReadSettings } from "../http_limits.ts";

/**
 * Makes the reader for a body.
 *
 * @param length How long it is.
 * @param allowance What the message may bring besides the body, if anything was
 * counted already.
 */
export function bodyReader(
  length: BodyLength,
  settings: HttpReadSettings,
  allowance: Allowance | undefined,
): BodyReader {
  if (length === "chunked") return new ChunkedReader(settings, allowance);
  if (length === "close") return new CloseReader(settings.maxBodyBytes);
  return length === 0 ? NO_BODY : new LengthReader(length);
}

const NO_BODY: BodyReader = { next: () => END, end: () => END };

class LengthReader implements BodyReader {
  readonly #length: number;
  #missing: number;

  constructor(length: number) {
    this.#length = length;
    this.#missing = length;
  }

  next(queue: ByteQueue): BodyData | MessageEnd | undefined {
    if (this.#missing === 0) return END;
    const data = takeData(queue, this.#missing);
    if (data !== undefined) this.#missing -= data.bytes.length;
    return data;
  }

  end(): MessageEnd {
    const received = this.#length - this.#missing;
    throw truncated(
      `after ${received} of the body's ${this.#length} bytes`,
    );
  }
}

class CloseReader implements BodyReader {
  readonly #max: number;
  #received = 0;

  constructor(maxBodyBytes: number) {
    this.#max = maxBodyBytes;
  }

  next(queue: ByteQueue): BodyData | undefined {
    // One byte more than the limit shows its breach, whatever the cut.
    const data = takeData(queue, this.#max - this.#received);
    if (data === undefined) {
      if (queue.length === 0) return undefined;
      throw tooLarge(413, "body", this.#max, "maxBodyBytes");
    }
    this.#received += data.bytes.length;
    return data;
  }

  end(announced: boolean): MessageEnd {
    if (announced) return END;
    throw truncated(
      `after ${this.#received} bytes of a body that only its end delimits, and TLS did not announce that end: the body may have been cut off on its way`,
    );
  }
}
