/**
 * Whether all responses have the same body: that of the first one.
 *
 * @module
 */

import { crc32 } from "node:zlib";

/** What is kept of a body: its length and its checksum. */
export class BodyDigest {
  #bytes = 0;
  #crc = 0;

  /** Takes the next part. */
  add(part: Uint8Array): void {
    this.#bytes += part.length;
    this.#crc = crc32(part, this.#crc);
  }

  /** Forgets all. */
  reset(): void {
    this.#bytes = this.#crc = 0;
  }

  /** What it comes to. */
  get text(): string {
    return `${this.#bytes} ${this.#crc}`;
  }
}

/** Compares bodies with the first one, whichever connection it came over. */
export class BodyCheck {
  #first: string | undefined;

  /** Whether a body is the same as the first. */
  isSame(body: BodyDigest): boolean {
    this.#first ??= body.text;
    return body.text === this.#first;
  }
}
