/**
 * A request's body, as the stream that handlers read.
 *
 * Nothing is read from the client unless the handler asks for it, so a handler
 * that does not read stops the sender.
 *
 * @module
 */

import { ClosedError } from "../../../errors.ts";
import type { HttpChannel } from "../../channel/http_channel.ts";
import type { RequestDeadlines } from "./request_deadlines.ts";

/** What a body is read with. */
export interface BodySource {
  /** The machine on the channel. */
  readonly wire: HttpChannel;
  /** The deadlines. */
  readonly deadlines: RequestDeadlines;
  /** Tells a client that waits for it that the body is wanted. */
  sendContinue(): void;
}

/** The body of one request. */
export class RequestBody {
  /** What the handler reads. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What ended the body before its end. */
  failure: unknown;
  /** Whether the handler has begun to read it. */
  isWanted = false;
  readonly #source: BodySource;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #isOver = false;
  // How many bytes of it have come.
  #bytes = 0;
  // Place in the client's stream behind what the handler has read.
  #readTo: number;

  /**
   * Begins a body whose head was read.
   *
   * @param source What it is read with.
   */
  constructor(source: BodySource) {
    this.#source = source;
    this.#readTo = source.wire.http.offset;
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      // What the handler does not want is dropped once it has answered.
      cancel: () => {
        this.#isOver = true;
      },
      // Not even one chunk is read before the handler asks for it.
    }, { highWaterMark: 0 });
  }

  /** Takes the body from the handler: reading it fails from now on. */
  takeBack(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller.error(
      new ClosedError({
        action: "read the body of a request",
        reason: "the request was answered",
        advice: "read the body before the response ends",
      }),
    );
  }

  /**
   * Reads the rest and drops it.
   *
   * @param mostBytes How many bytes of it at most, as they come from the client:
   * those of the chunked coding count too.
   * @returns Whether that was all.
   * @throws {unknown} What ended the body before its end.
   */
  async discard(mostBytes: number): Promise<boolean> {
    const { wire } = this.#source;
    const { http } = wire;
    const most = this.#readTo + mostBytes;
    for (;;) {
      const event = wire.next();
      // Looked at behind the end too, so that it does not depend on the cuts.
      if (http.offset > most) return false;
      if (http.peerState !== "body") return true;
      if (event === undefined) await this.#fill();
      else if (event.type === "data") this.#bytes += event.bytes.length;
    }
  }

  async #pull(): Promise<void> {
    this.isWanted = true;
    try {
      while (!this.#isOver && !this.#give()) await this.#fill();
    } catch (error) {
      this.failure = error;
      if (this.#isOver) return;
      this.#isOver = true;
      this.#controller.error(error);
    }
  }

  /** Gives what is here, and tells whether there was something. */
  #give(): boolean {
    const event = this.#source.wire.next();
    if (event === undefined) return false;
    if (event.type === "data") {
      this.#bytes += event.bytes.length;
      this.#readTo = this.#source.wire.http.offset;
      this.#controller.enqueue(event.bytes as Uint8Array<ArrayBuffer>);
    } else {
      this.#isOver = true;
      this.#controller.close();
    }
    return true;
  }

  async #fill(): Promise<void> {
    const { deadlines, sendContinue, wire } = this.#source;
    if (wire.http.peerAwaitsContinue) sendContinue();
    deadlines.awaitBody(this.#bytes);
    await wire.fill();
    deadlines.bodyArrived();
  }
}
