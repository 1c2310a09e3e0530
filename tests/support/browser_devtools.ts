/**
 * The Chrome DevTools Protocol: commands and events as JSON on a WebSocket.
 *
 * @module
 */

import { within } from "./foreign_http.ts";

/** What an event says, or a command answers; each has fields of its own. */
// deno-lint-ignore no-explicit-any -- it is Chromium's, with hundreds of shapes
export type Fields = Record<string, any>;

/** A function that is called with each event of a name. */
export type Listener = (fields: Fields) => void;

/** How long Chromium may take over one command. */
const COMMAND_MS = 60_000;

/** The connection to one browser. */
export class DevTools implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #closed: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Fields>>();
  readonly #sessions = new Map<string, Map<string, Listener>>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => {
      socket.onclose = () => {
        const gone = new Error("The browser has closed its DevTools");
        for (const { reject } of this.#waiting.values()) reject(gone);
        resolve();
      };
    });
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  /**
   * Connects.
   *
   * @param url What the browser writes behind "DevTools listening on".
   * @returns The connection.
   */
  static async connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`No DevTools at ${url}`));
    });
    return new DevTools(socket);
  }

  /**
   * Gives a command.
   *
   * @param method Its name, such as `Page.navigate`.
   * @param params What it takes.
   * @param sessionId Which page it is for; none for the browser itself.
   * @returns Its answer.
   */
  async send(
    method: string,
    params: Fields = {},
    sessionId?: string,
  ): Promise<Fields> {
    const id = ++this.#last;
    const answer = Promise.withResolvers<Fields>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    try {
      return await within(COMMAND_MS, method, answer.promise);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /**
   * Listens to events, one function for each name.
   *
   * @param method Their name, such as `Page.loadEventFired`.
   * @param listener Is called with each of them.
   * @param sessionId Of which page; none for those of the browser itself.
   */
  on(method: string, listener: Listener, sessionId = ""): void {
    let listeners = this.#sessions.get(sessionId);
    if (listeners === undefined) {
      this.#sessions.set(sessionId, listeners = new Map());
    }
    listeners.set(method, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState < WebSocket.CLOSING) this.#socket.close();
    await this.#closed;
  }

  #take({ id, method, params, result, error, sessionId = "" }: Fields): void {
    if (id === undefined) {
      this.#sessions.get(sessionId)?.get(method)?.(params);
      return;
    }
    const answer = this.#waiting.get(id);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new Error(`${error.message} ${error.data ?? ""}`));
  }
}
