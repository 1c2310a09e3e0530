/**
 * Looks at the bytes of an exchange: for `--raw`, for `--head`, and to know how
 * far it has come.
 *
 * @module
 */

import type { Output } from "../../terminal/terminal.ts";
import { shown } from "./body_sink.ts";
import type { HttpCommand } from "./http_command.ts";
import { type Direction, RawView } from "./raw_view.ts";
import { ResponseHeads } from "./response_heads.ts";

/** How far an exchange has come. */
export type HttpProgress = "dialling" | "asked" | "answered";

/** Sees all bytes. */
export class Watch {
  /** How far the exchange has come. */
  progress: HttpProgress = "dialling";
  readonly #output: Output;
  readonly #end: AbortController;
  readonly #raw: RawView | undefined;
  readonly #heads: ResponseHeads | undefined;

  /**
   * Begins to look.
   *
   * @param command What is to be shown.
   * @param output Where.
   * @param end Ends the exchange when nobody reads any more what is shown.
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
   * Takes bytes as they go over the connection.
   *
   * @param direction Which way they go.
   * @param bytes The bytes; they must not change.
   */
  see(direction: Direction, bytes: Uint8Array): void {
    if (direction === "received") this.progress = "answered";
    else if (this.progress === "dialling") this.progress = "asked";
    if (direction === "received") this.#heads?.add(bytes);
    try {
      this.#raw?.show(direction, bytes);
    } catch (error) {
      this.#end.abort(error);
    }
  }

  /** Shows the heads that have come, if nothing but heads was asked for. */
  showHeads(): void {
    if (this.#heads === undefined) return;
    const sink = shown(this.#output);
    sink.write(this.#heads.lines());
    sink.end();
  }

  /** Ends the line that is shown. */
  end(): void {
    // Who does not read any more has been noticed.
    if (!this.#end.signal.aborted) this.#raw?.end();
  }
}
