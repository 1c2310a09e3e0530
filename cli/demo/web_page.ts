/**
 * A page that opens a WebSocket, and tells what it shows.
 *
 * @module
 */

import { type HttpServer, serveHttp } from "../../lib/http/mod.ts";

/** What the page showed when its socket had ended. */
export interface Shown {
  /** The answer; `null` if none came. */
  readonly answer: unknown;
  /** The code of the close frame; 1006 if there was none. */
  readonly code: number;
  /** Whether both ends agreed on the end. */
  readonly wasClean: boolean;
}

/** A page, and the server that has it. */
export class WebPage implements AsyncDisposable {
  readonly #server: HttpServer;
  readonly #shown: Promise<Shown>;

  private constructor(server: HttpServer, shown: Promise<Shown>) {
    this.#server = server;
    this.#shown = shown;
  }

  /**
   * Serves the page.
   *
   * @param html What it is, once a browser asks.
   */
  static async serve(html: () => string): Promise<WebPage> {
    const shown = Promise.withResolvers<Shown>();
    const server = await serveHttp(
      "tcp://127.0.0.1:0",
      {},
      async (request) => {
        if (request.method === "POST") {
          shown.resolve(await request.json());
          return new Response(null, { status: 204 });
        }
        return new Response(html(), {
          headers: { "content-type": "text/html; charset=utf-8" },
        });
      },
    );
    return new WebPage(server, shown.promise);
  }

  /** What a browser names as the origin of what the page asks for. */
  get origin(): string {
    return `http://127.0.0.1:${this.#server.address.port}`;
  }

  /**
   * Waits for what the page showed.
   *
   * @param patienceMs How long, in milliseconds.
   * @returns What it showed; `undefined` if that did not come in time.
   */
  async shown(patienceMs: number): Promise<Shown | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), patienceMs);
    const shown = await Promise.race([this.#shown, late.promise]);
    clearTimeout(timer);
    return shown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown({ graceMs: 0 });
  }
}

/** The script is small enough to be shown. */
export function script(url: string, message: string): readonly string[] {
  return [
    `const socket = new WebSocket(${JSON.stringify(url)});`,
    `socket.onopen = () => socket.send(${JSON.stringify(message)});`,
    "socket.onmessage = ({ data }) => {",
    "  document.body.textContent = data;",
    "  socket.close(1000);",
    "};",
  ];
}

/** The page with this script, which then tells what it shows. */
export function html(url: string, message: string): string {
  return `<!doctype html>
<title>Through a bridge</title>
<body>
<script>
${script(url, message).join("\n")}
socket.onclose = ({ code, wasClean }) => {
  const answer = document.querySelector("script") ? null : document.body.textContent;
  fetch("/", { method: "POST", body: JSON.stringify({ answer, code, wasClean }) });
};
</script>
`;
}
