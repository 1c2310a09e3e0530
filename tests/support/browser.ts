/**
 * A real browser without a window: Debian's Chromium, told what to do through
 * its DevTools.
 *
 * @module
 */

import { DevTools, type Fields } from "./browser_devtools.ts";
import { type Folder, folder, shell, within } from "./foreign_http.ts";
import { Process } from "./processes.ts";

/** Whether there is one here. */
export const hasChromium: boolean =
  (await shell("command -v chromium")).code === 0;

const FLAGS = [
  // It refuses to run as root with a sandbox, and CI is root in a container.
  ...["--headless=new", "--no-sandbox"],
  // A container's /dev/shm is often of 64 MiB.
  ...["--disable-gpu", "--disable-dev-shm-usage"],
  ...["--no-first-run", "--no-default-browser-check", "--disable-sync"],
  // Nothing but the page may be asked for, above all nothing beyond loopback.
  ...["--disable-background-networking", "--disable-component-update"],
  ...["--disable-extensions", "--disable-default-apps", "--no-pings"],
  ...["--remote-debugging-port=0", "--remote-allow-origins=*"],
];

/** How long a page, or a download, may take. */
const LOAD_MS = 30_000;

/** How long Chromium may take to start, or to end. */
const START_MS = 30_000;
const END_MS = 5_000;

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

/** A browser that runs. */
export class Browser implements AsyncDisposable {
  readonly #process: Process;
  readonly #tools: DevTools;
  readonly #folder: Folder;

  private constructor(process: Process, tools: DevTools, folder: Folder) {
    this.#process = process;
    this.#tools = tools;
    this.#folder = folder;
  }

  /**
   * Starts one with a fresh profile.
   *
   * @returns It, ready for pages.
   */
  static async launch(): Promise<Browser> {
    const profile = await folder();
    const flags = [...FLAGS, `--user-data-dir=${profile.path}`, "about:blank"];
    const command = ["exec chromium", ...flags.map((flag) => `'${flag}'`)];
    const process = new Process("sh", ["-c", command.join(" ")]);
    try {
      const line = process.line(/^DevTools listening on (ws:.+)$/);
      const [, url] = await within(START_MS, "Chromium to start", line);
      return new Browser(process, await DevTools.connect(url!), profile);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      await profile[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Opens a page.
   *
   * @returns It, blank.
   */
  async open(): Promise<BrowserPage> {
    const { targetId } = await this.#tools.send("Target.createTarget", {
      url: "about:blank",
    });
    const { sessionId } = await this.#tools.send("Target.attachToTarget", {
      ...{ targetId, flatten: true },
    });
    const page = new BrowserPage(this.#tools, sessionId);
    for (const domain of ["Page", "Network"]) {
      await page.send(`${domain}.enable`);
    }
    return page;
  }

  /**
   * Lets an action begin a download, and waits for its end.
   *
   * @param path The folder for it.
   * @param action What begins it, such as a click on a link.
   * @returns The name of the file that the browser chose.
   */
  async download(path: string, action: () => Promise<void>): Promise<string> {
    const done = Promise.withResolvers<string>();
    let name = "";
    this.#tools.on("Browser.downloadWillBegin", (fields) => {
      name = fields.suggestedFilename;
    });
    this.#tools.on("Browser.downloadProgress", ({ state }) => {
      if (state === "completed") done.resolve(name);
      if (state === "canceled") done.reject(new Error(`${name} was canceled`));
    });
    await this.#tools.send("Browser.setDownloadBehavior", {
      ...{ behavior: "allow", downloadPath: path, eventsEnabled: true },
    });
    await action();
    return await within(LOAD_MS, "a download", done.promise);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its other processes end with the first one when that is asked to.
    const ended = this.#process.ended();
    await this.#tools.send("Browser.close").catch(() => {});
    await within(END_MS, "Chromium to end", ended).catch(() => {});
    await this.#process[Symbol.asyncDispose]();
    await this.#tools[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
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
  readonly #tools: DevTools;
  readonly #sessionId: string;
  readonly #byId = new Map<string, BrowserExchange>();
  #loaded = Promise.withResolvers<void>();

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
