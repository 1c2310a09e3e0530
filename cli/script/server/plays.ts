/**
 * Plays a script to the clients that connect.
 *
 * ```text
 *   a client connects ─► a script waits at its connect ─► goes on with it
 *                   └──► none does ─► the script begins ─► passed, failed or cut
 * ```
 *
 * @module
 */

import {
  runScript,
  type Script,
  type ScriptConnection,
  type ScriptConnectionPlan,
  ScriptFailure,
  type ScriptStep,
} from "../../../lib/testing/mod.ts";
import { counted } from "../../output/counted.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { errorText } from "../../output/error_text.ts";
import { escapeControls } from "../../output/escape.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import { type Terminal, writeLine } from "../../terminal/terminal.ts";
import { failureRows } from "../failure_text.ts";

/** A client, as a script gets it. */
export interface PlayedClient {
  /** Where it is. */
  readonly peer: string;
  /** Prepares its connection for what the script says of it. */
  prepare(plan: ScriptConnectionPlan): ScriptConnection;
}

/** How a script is played. */
export interface PlayOptions {
  /** How long a statement may take, and how long connect waits for a client. */
  readonly withinMs: number;
  /** How often it is played; `undefined` for no bound. */
  readonly count: number | undefined;
}

/** A script that waits for a further client. */
interface Waiting {
  take(client: PlayedClient): void;
  /** Resolves when the script that has taken the client is over. */
  readonly over: Promise<void>;
}

/** Plays one script, any number of times at once. */
export class Plays {
  /** Resolves when the script was played as often as it should be. */
  readonly done: Promise<void>;
  readonly #script: Script;
  readonly #options: PlayOptions;
  readonly #terminal: Terminal;
  readonly #log: Log;
  readonly #stopped = new AbortController();
  readonly #waiting: Waiting[] = [];
  #finish: () => void;
  #begun = 0;
  #passed = 0;
  #failed = 0;

  constructor(
    script: Script,
    options: PlayOptions,
    terminal: Terminal,
    log: Log,
  ) {
    this.#script = script;
    this.#options = options;
    this.#terminal = terminal;
    this.#log = log;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#finish = resolve;
  }

  /** 1 if a client did otherwise than the script says. */
  get exitCode(): ExitCode {
    return this.#failed === 0 ? EXIT.done : EXIT.failed;
  }

  /** Cuts the scripts that are being played. */
  stop(): void {
    this.#stopped.abort(new Failure(EXIT.done, "the server is stopping"));
  }

  /**
   * Takes a client, and resolves when the script is done with it.
   *
   * @throws {ScriptFailure} If it does otherwise than the script says.
   */
  async client(client: PlayedClient): Promise<void> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.take(client);
      return await waiting.over;
    }
    const { count = Infinity } = this.#options;
    if (this.#begun >= count) {
      throw new Failure(EXIT.done, "the script was played as often as asked");
    }
    this.#begun++;
    await this.#play(client);
  }

  /** Says how often it was played. */
  tellTotals(): void {
    const [passed, failed] = [this.#passed, this.#failed];
    this.#log.soon(
      { event: "played", script: this.#script.name, passed, failed },
      `played ${this.#script.name} ${
        counted(passed + failed, "time")
      }: ${passed} passed, ${failed} failed`,
    );
  }

  async #play(first: PlayedClient): Promise<void> {
    const over = Promise.withResolvers<void>();
    let next: PlayedClient | undefined = first;
    try {
      const { durationMs, steps } = await runScript(
        this.#script,
        async (plan) => {
          const client = next ?? await this.#further(plan, over.promise);
          next = undefined;
          return client.prepare(plan);
        },
        {
          signal: this.#stopped.signal,
          withinMs: this.#options.withinMs,
          onStep: (step) => this.#tellStep(first, step),
        },
      );
      this.#passed++;
      this.#tellPassed(first, steps, durationMs);
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#tellFailed(error);
      throw error;
    } finally {
      over.resolve();
      const played = this.#passed + this.#failed;
      if (played >= (this.#options.count ?? Infinity)) this.#finish();
    }
  }

  /** Waits for one more client. */
  #further(
    { line }: ScriptConnectionPlan,
    over: Promise<void>,
  ): Promise<PlayedClient> {
    const { withinMs } = this.#options;
    const { promise, reject, resolve } = Promise.withResolvers<PlayedClient>();
    const waiting = { take: resolve, over };
    const stop = (reason: unknown) => {
      const at = this.#waiting.indexOf(waiting);
      if (at !== -1) this.#waiting.splice(at, 1);
      reject(reason);
    };
    const late = () =>
      stop(
        new Failure(
          EXIT.failed,
          `no further client has connected for line ${line} within ${
            formatDuration(withinMs)
          }`,
        ),
      );
    const timer = setTimeout(late, withinMs);
    const { signal } = this.#stopped;
    const onStop = () => stop(signal.reason);
    signal.addEventListener("abort", onStop);
    if (signal.aborted) onStop();
    this.#waiting.push(waiting);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onStop);
    });
  }

  #tellStep({ peer }: PlayedClient, { line, text }: ScriptStep): void {
    if (!this.#log.options.verbose) return;
    const { name } = this.#script;
    this.#log.now(
      { event: "step", script: name, peer, line },
      `${peer} ${name}:${line}: ${text}`,
    );
  }

  #tellPassed({ peer }: PlayedClient, steps: number, durationMs: number): void {
    const { name } = this.#script;
    this.#log.soon(
      { event: "script", script: name, peer, passed: true, steps },
      `${name}: passed with ${peer}, ${counted(steps, "statement")} in ${
        formatDuration(durationMs)
      }`,
    );
  }

  #tellFailed(error: unknown): void {
    this.#failed++;
    const rows = error instanceof ScriptFailure
      ? failureRows(error, "server")
      : [escapeControls(`${this.#script.name}: ${errorText(error)}`)];
    writeLine(this.#terminal.output, rows.join("\n"));
  }
}
