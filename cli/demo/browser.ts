/**
 * A browser without a window, where one is installed.
 *
 * @module
 */

// Debian's name, then those of others.
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

const FLAGS = [
  // As root, in a container, a browser cannot make its sandbox. The page is ours.
  ...["--headless=new", "--no-sandbox", "--disable-gpu"],
  // A container's /dev/shm is often of 64 MiB.
  ...["--disable-dev-shm-usage", "--no-first-run"],
  // Nothing beyond loopback is asked for.
  ...["--disable-background-networking", "--disable-component-update"],
  ...["--disable-sync", "--disable-extensions", "--remote-debugging-port=0"],
];

/** A browser with a profile of its own. */
export class Browser implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;

  private constructor(child: Deno.ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
  }

  /**
   * Opens a page.
   *
   * @returns The browser; `undefined` if none is installed.
   */
  static async open(url: string): Promise<Browser | undefined> {
    const profile = await Deno.makeTempDir({ prefix: "parley-demo-" });
    const args = [...FLAGS, `--user-data-dir=${profile}`, url];
    for (const program of BROWSERS) {
      try {
        const child = new Deno.Command(program, {
          ...{ args, stdin: "null", stdout: "null", stderr: "piped" },
        }).spawn();
        return new Browser(child, profile);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    await Deno.remove(profile);
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    // Its other processes end after the first, and write to the profile until
    // then. Each of them has this log open.
    await this.#child.stderr.pipeTo(new WritableStream());
    await this.#child.status;
    await Deno.remove(this.#profile, { recursive: true });
  }
}
