/**
 * One page of a browser: where it goes, what it asks for, how it looks.
 *
 * @module
 */

import type { DevTools, Fields } from "./browser_devtools.ts";
import { within } from "./foreign_http.ts";

/** How long a page may take. */
const LOAD_MS = 60_000;

/** One request and what came of it, as the browser's network panel shows it. */
export interface BrowserExchange {
  /** What was asked for. */
  readonly url: string;
  /** The request's fields as they went over the wire; names in any case. */
  sent?: Record<string, string>;
  /** The status that came over the wire: 304 where the page sees a 200. */
  status?: number;
  /** On which of the browser's connections. */
  connectionId?: number;
  /** Whether that connection had been used before. */
  connectionReused?: boolean;
  /** Such as `http/1.1`. */
  protocol?: string;
  /** How many bytes came over the wire, head and body. */
  bytes?: number;
  /** Why it failed. */
  failure?: string;
}

/** How a page is shown. */
export interface Appearance {
  /** The width in pixels. */
  readonly width: number;
  /** Whether the visitor prefers dark colours. */
  readonly dark: boolean;
}

/** A page of a browser. */
export class BrowserPage {
  /** What it asked for, in this order. */
  readonly exchanges: BrowserExchange[] = [];
  /** What its console shows of errors, such as something that its policy forbids. */
  readonly problems: string[] = [];
  readonly #tools: DevTools;
  readonly #sessionId: string;
  readonly #byId = new Map<string, BrowserExchange>();
  #loaded = Promise.withResolvers<void>();

  /**
   * Takes over a page that the browser has opened.
   *
   * @param tools The connection to the browser.
   * @param sessionId What the page is called on it.
   */
  constructor(tools: DevTools, sessionId: string) {
    this.#tools = tools;
    this.#sessionId = sessionId;
    this.#watch();
  }

  /**
   * Gives a command.
   *
   * @param method Its name.
   * @param params What it takes.
   * @returns Its answer.
   */
  send(method: string, params?: Fields): Promise<Fields> {
    return this.#tools.send(method, params, this.#sessionId);
  }

  /**
   * Goes to an address and waits until the page is loaded.
   *
   * @param url The address.
   */
  async navigate(url: string): Promise<void> {
    await this.#loading(async () => {
      const { errorText } = await this.send("Page.navigate", { url });
      if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
    });
  }

  /** Reloads the page as F5 does, and waits until it is loaded. */
  async reload(): Promise<void> {
    await this.#loading(() => this.send("Page.reload"));
  }

  /**
   * Follows a link and waits until the next page is loaded.
   *
   * @param selector Which, in CSS.
   */
  async follow(selector: string): Promise<void> {
    await this.#loading(() => this.click(selector));
  }

  /**
   * Clicks.
   *
   * @param selector On what, in CSS.
   */
  async click(selector: string): Promise<void> {
    await this.evaluate(
      `document.querySelector(${JSON.stringify(selector)}).click()`,
    );
  }

  /**
   * Runs a script in the page.
   *
   * @param expression The script.
   * @returns Its value, by way of JSON; of a promise what it resolves to.
   */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      ...{ expression, returnByValue: true, awaitPromise: true },
    });
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? expression);
  }

  /**
   * Takes a picture of the page from its top to its bottom.
   *
   * @param path The file for it.
   * @param appearance How the page is shown on it.
   */
  async screenshot(path: string, appearance: Appearance): Promise<void> {
    const { width, dark } = appearance;
    await this.send("Emulation.setDeviceMetricsOverride", {
      ...{ width, height: 800, deviceScaleFactor: 1, mobile: width < 600 },
    });
    await this.send("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
      ],
    });
    const { data } = await this.send("Page.captureScreenshot", {
      captureBeyondViewport: true,
    });
    await Deno.writeFile(path, Uint8Array.fromBase64(data));
  }

  async #loading(action: () => Promise<unknown>): Promise<void> {
    this.#loaded = Promise.withResolvers();
    await action();
    await within(LOAD_MS, "a page to load", this.#loaded.promise);
  }

  #watch(): void {
    const on = (name: string, listener: (fields: Fields) => void) =>
      this.#tools.on(name, listener, this.#sessionId);
    on("Page.loadEventFired", () => this.#loaded.resolve());
    on("Log.entryAdded", ({ entry }) => this.problems.push(entry.text));
    on(
      "Network.requestWillBeSent",
      ({ requestId, request, redirectResponse }) => {
        if (redirectResponse !== undefined) this.#byId.delete(requestId);
        // Of the two reports of a request either may be the first.
        const exchange = this.#exchange(requestId);
        this.exchanges.push(Object.assign(exchange, { url: request.url }));
      },
    );
    on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => {
      this.#exchange(requestId).sent = headers;
    });
    on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => {
      this.#exchange(requestId).status = statusCode;
    });
    on("Network.responseReceived", ({ requestId, response }) => {
      const { connectionId, connectionReused, protocol } = response;
      const seen = { connectionId, connectionReused, protocol };
      Object.assign(this.#exchange(requestId), seen);
    });
    on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      this.#exchange(requestId).bytes = encodedDataLength;
    });
    on("Network.loadingFailed", ({ requestId, errorText }) => {
      this.#exchange(requestId).failure = errorText;
    });
  }

  #exchange(id: string): BrowserExchange {
    let exchange = this.#byId.get(id);
    if (exchange === undefined) this.#byId.set(id, exchange = { url: "" });
    return exchange;
  }
}
