/**
 * A real browser without a window: Debian's Chromium, told what to do through
 * its DevTools.
 *
 * @module
 */

import { DevTools } from "./browser_devtools.ts";
import { BrowserPage } from "./browser_page.ts";
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

/** How long a download may take. */
const LOAD_MS = 60_000;

/** How long Chromium may take to start, or to end. */
const START_MS = 60_000;
const END_MS = 5_000;

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
    for (const domain of ["Page", "Network", "Log"]) {
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
