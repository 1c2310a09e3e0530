/**
 * Observes the bytes of an exchange: for `--raw`, for `--head`, and to know its
 * progress.
 *
 * @module
 */

import type { Output } from "../../terminal/terminal.ts";
import { shown } from "./body_sink.ts";
import type { HttpCommand } from "./http_command.ts";
import { type Direction, RawView } from "./raw_view.ts";
import { ResponseHeads } from "./response_heads.ts";

const STATUS_LINE = "HTTP/";

/** How far an exchange has come. */
export type HttpProgress = "dialling" | "asked" | "answered";

/** Observes all bytes of an exchange. */
export class Watch {
  /** How far the exchange has come. */
  progress: HttpProgress = "dialling";
  readonly #output: Output;
  readonly #end: AbortController;
  readonly #raw: RawView | undefined;
  readonly #heads: ResponseHeads | undefined;
  // The first bytes of the first answer.
  #first = "";

  /**
   * Creates an observer.
   *
   * @param command What to show.
   * @param output Where to show it.
   * @param end Ends the exchange when the output's reader is gone.
   */
  constructor(
    { method, options }: HttpCommand,
    output: Output,
    end: AbortController,
  ) {
    this.#output = output;
    this.#end = end;
    if (options.raw) this.#raw = new RawView(output);
    else if (method === "HEAD") this.#heads = new ResponseHeads();
  }

  /**
   * Observes bytes as they go over the connection.
   *
   * @param direction Which way they go.
   * @param bytes The bytes; they must not change.
   */
  see(direction: Direction, bytes: Uint8Array): void {
    if (direction === "received") this.progress = "answered";
    else if (this.progress === "dialling") this.progress = "asked";
    if (direction === "received") {
      this.#heads?.add(bytes);
      if (this.#first.length < STATUS_LINE.length) {
        this.#first += String.fromCharCode(
          ...bytes.subarray(0, STATUS_LINE.length - this.#first.length),
        );
      }
    }
    try {
      this.#raw?.show(direction, bytes);
    } catch (error) {
      this.#end.abort(error);
    }
  }

  /** Whether the answer begins as one of HTTP does. */
  get speaksHttp(): boolean {
    return this.#first === STATUS_LINE;
  }

  /** Shows the heads that have arrived, with `--head`. */
  showHeads(): void {
    if (this.#heads === undefined) return;
    const sink = shown(this.#output);
    sink.write(this.#heads.lines());
    sink.end();
  }

  /** Ends the line that is shown. */
  end(): void {
    // Unless the output's reader is gone.
    if (!this.#end.signal.aborted) this.#raw?.end();
  }
}
