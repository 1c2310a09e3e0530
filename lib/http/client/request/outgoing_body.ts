/**
 * The body of a request: how long it is, and its bytes piece by piece.
 *
 * ```text
 * text, bytes, Blob, URLSearchParams, FormData   length known, can be sent again
 * stream, iterable                               in chunks, can be sent once
 * ```
 *
 * @module
 */
import { OptionTypeError } from "../../../check.ts";

// Above the sink's limit for copying, and small enough that a slow server is
// seen to make progress.
const PIECE_BYTES = 256 * 1024;

/** Gives the bytes of a body. */
export interface BodySource {
  /**
   * Reads on.
   *
   * @returns The next bytes, never empty, or `undefined` at the end; at once
   * where they are here.
   * @throws {unknown} What the user's stream failed with.
   */
  read(): Uint8Array | undefined | Promise<Uint8Array | undefined>;

  /** Says that no more is wanted. */
  cancel(reason: unknown): void;
}

/** A body that can be sent. */
export interface OutgoingBody {
  /** How long it is in bytes; `undefined` if only its end will tell. */
  readonly size: number | undefined;
  /** The media type that goes with it, if it has one. */
  readonly type: string | undefined;
  /** Whether it can be read more than once. */
  readonly isReplayable: boolean;

  /** Begins to read it. */
  open(): BodySource;

  /** Says that it will not be read, if it never was. */
  discard(reason: unknown): void;
}

/**
 * Takes what users give as a body.
 *
 * @param init What they give.
 * @returns The body, or `undefined` if there is none.
 * @throws {TypeError} If it is not a body, or a stream that is being read.
 */
export async function outgoingBody(
  init: BodyInit | null | undefined,
): Promise<OutgoingBody | undefined> {
  if (init === null || init === undefined) return undefined;
  if (init instanceof Blob) return new BlobBody(init);
  if (init instanceof ReadableStream) return new StreamBody(init);
  if (init instanceof ArrayBuffer) return new BytesBody(new Uint8Array(init));
  if (ArrayBuffer.isView(init)) {
    const { buffer, byteLength, byteOffset } = init;
    return new BytesBody(new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (
    typeof init === "string" || init instanceof URLSearchParams ||
    init instanceof FormData
  ) {
    // The platform knows how each is written, and what type goes with it.
    const encoded = new Response(init);
    const type = encoded.headers.get("content-type") ?? undefined;
    return new BytesBody(new Uint8Array(await encoded.arrayBuffer()), type);
  }
  if (isIterable(init)) return new StreamBody(ReadableStream.from(init));
  throw new OptionTypeError({
    action: `send a body of type ${typeof init}`,
    reason:
      "it must be text, bytes, a Blob, URLSearchParams, FormData or a stream of bytes",
  });
}

// The web's type of a body has no iterables, the runtime's has.
function isIterable(init: unknown): init is AsyncIterable<Uint8Array> {
  return typeof init === "object" && init !== null &&
    (Symbol.asyncIterator in init || Symbol.iterator in init);
}

class BytesBody implements OutgoingBody {
  readonly isReplayable = true;
  readonly type: string | undefined;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, type?: string) {
    this.#bytes = bytes;
    this.type = type;
  }

  get size(): number {
    return this.#bytes.length;
  }

  open(): BodySource {
    let rest = this.#bytes;
    return {
      read() {
        const piece = rest.subarray(0, PIECE_BYTES);
        rest = rest.subarray(piece.length);
        return piece.length === 0 ? undefined : piece;
      },
      cancel() {},
    };
  }

  discard(): void {}
}

class BlobBody implements OutgoingBody {
  readonly isReplayable = true;
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  get size(): number {
    return this.#blob.size;
  }

  get type(): string | undefined {
    return this.#blob.type === "" ? undefined : this.#blob.type;
  }

  open(): BodySource {
    return new StreamSource(this.#blob.stream());
  }

  discard(): void {}
}

class StreamBody implements OutgoingBody {
  readonly size = undefined;
  readonly type = undefined;
  readonly isReplayable = false;
  readonly #stream: ReadableStream<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    if (stream.locked) {
      throw new OptionTypeError({
        action: "send a stream that is being read",
        reason: "give the stream itself, before a reader is taken from it",
      });
    }
    this.#stream = stream;
  }

  open(): BodySource {
    return new StreamSource(this.#stream);
  }

  discard(reason: unknown): void {
    if (!this.#stream.locked) this.#stream.cancel(reason).catch(() => {});
  }
}

class StreamSource implements BodySource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      if (!(value instanceof Uint8Array)) {
        throw new OptionTypeError({
          action: `send a part of a body of type ${typeof value}`,
          reason: "a stream must give Uint8Array",
        });
      }
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => {});
  }
}
