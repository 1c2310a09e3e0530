/**
 * A web server of one line: it waits for the blank line of a request and
 * answers with fixed bytes.
 *
 * @module
 */

import { serve, type Server } from "../../mod.ts";

/** What ends the head of a request, and of a response. */
export const BLANK_LINE = "\r\n\r\n";

/** A server that gives every browser the same bytes. */
export class WebPeer implements AsyncDisposable {
  readonly #server: Server<string>;

  constructor(server: Server<string>) {
    this.#server = server;
  }

  /**
   * Starts it.
   *
   * @param answer The bytes that it answers with.
   * @param hangsUp Whether it then finishes.
   */
  static async start(answer: string, hangsUp: boolean): Promise<WebPeer> {
    const server = await serve(
      "tcp://127.0.0.1:0",
      { encoding: "text", framing: "raw" },
      async (connection) => {
        let request = "";
        for await (const chunk of connection) {
          request += chunk;
          if (!request.endsWith(BLANK_LINE)) continue;
          await connection.send(answer);
          if (hangsUp) return;
          request = "";
        }
      },
    );
    return new WebPeer(server);
  }

  /** The URL to open in a browser. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.address.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown({ graceMs: 0 });
  }
}
