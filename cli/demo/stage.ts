/**
 * The stage of the demonstration: starts the processes, shows their command
 * lines and output, and checks it.
 *
 * @module
 */

import { errorText } from "../output/error_text.ts";
import { escapeControls } from "../output/escape.ts";
import { Actor, type Said } from "./actor.ts";

const WIDTH = 78;
// A row of bytes, or the marks below it: broken or behind a name, they would not align.
const DRAWING = /^ *([0-9a-f]{8} {2}|\^+ |$)/;

type Colour = "bold" | "dim" | "green" | "red" | "cyan";

const CODES: Readonly<Record<Colour, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  cyan: 36,
};

/** The frame around all scenes. */
export class Stage {
  readonly #colours = !Deno.noColor && Deno.stdout.isTerminal();

  /** Shows the introduction. */
  begin(): void {
    this.line(this.paint("bold", "Parley: where does a message end?"));
    this.line(
      "TCP carries a stream of bytes, not messages. Below, two real programs agree\n" +
        "on where messages end, in five ways, do without by UDP, meet a browser, find\n" +
        "out why two peers do not understand each other, measure a slow network, and\n" +
        "share a room.\n" +
        "They are run from source: deno run --allow-net=127.0.0.1 cli/server.ts.",
    );
  }

  /**
   * Opens a scene.
   *
   * @param title What it is about.
   * @returns The scene, whose processes end with it.
   */
  scene(title: string): Scene {
    this.line("");
    this.line(this.paint("bold", title));
    return new Scene(this);
  }

  /** Shows that a scene could not be played to its end. */
  broken(error: unknown): void {
    const said = escapeControls(errorText(error));
    this.line(this.paint("red", `  ✗ ${said}`));
  }

  /**
   * Shows the result.
   *
   * @param right How many checks passed.
   * @param wrong How many failed.
   * @param ms How long the demonstration took, in milliseconds.
   */
  end(right: number, wrong: number, ms: number): void {
    const seconds = (ms / 1000).toFixed(1);
    this.line("");
    this.line(
      wrong === 0
        ? this.paint("green", `✓ all ${right} checks passed in ${seconds} s`)
        : this.paint("red", `✗ ${wrong} of ${right + wrong} checks failed`),
    );
  }

  /**
   * Colours a text, if standard output shows colours.
   *
   * @returns The text, perhaps with colour.
   */
  paint(colour: Colour, text: string): string {
    return this.#colours ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;
  }

  /** Writes a line. */
  line(text: string): void {
    // Not console.log: the linter keeps it out of programs.
    let bytes = new TextEncoder().encode(text + "\n");
    while (bytes.length > 0) {
      bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
    }
  }
}

/** One step. */
export interface Step {
  /** What it is about. */
  readonly title: string;
  /** Plays and checks it. */
  readonly play: (scene: Scene) => Promise<void>;
}

/** A server that has started. */
export interface Listening {
  readonly actor: Actor;
  /** Its address; without the transport for TCP. */
  readonly address: string;
  readonly port: number;
}

/** One step on the stage. */
export class Scene implements AsyncDisposable {
  /** How many checks passed. */
  right = 0;
  /** How many checks failed. */
  wrong = 0;
  readonly #stage: Stage;
  readonly #actors: Actor[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /**
   * Starts the server on a free port.
   *
   * @returns The server, and where it listens.
   */
  async server(service: string, ...options: string[]): Promise<Listening> {
    return await this.listening(service, "127.0.0.1:0", ...options);
  }

  /**
   * Starts the server where the first of its arguments says.
   *
   * @returns The server, and where it listens.
   */
  async listening(service: string, ...args: string[]): Promise<Listening> {
    return await this.listeningWith([], service, ...args);
  }

  /** The same, with permissions besides the loopback network. */
  async listeningWith(
    permissions: readonly string[],
    ...args: string[]
  ): Promise<Listening> {
    const actor = this.#start("server", args, permissions);
    const line = await actor.errors.line(/^listening on /);
    this.show("server", line);
    const address = line.replace(/^listening on (tcp:\/\/)?/, "");
    return { actor, address, port: Number(address.split(":").at(-1)) };
  }

  /**
   * Runs the client to its end and shows its output.
   *
   * @param input What is on its standard input.
   * @param permissions What it may do besides talking over the loopback network.
   * @returns What it said.
   */
  async client(
    args: readonly string[],
    input = "",
    permissions: readonly string[] = [],
  ): Promise<Said> {
    const actor = this.#start("client", args, permissions);
    const said = await actor.play(input);
    for (const line of said.errors) this.show("client", line);
    for (const line of said.output) this.show("client", line);
    return said;
  }

  /**
   * Runs the client to its end and shows each message as it comes.
   *
   * @returns What it said, and when each message came, in milliseconds.
   */
  async listener(
    args: readonly string[],
  ): Promise<Said & { readonly times: readonly number[] }> {
    const actor = this.#start("client", args);
    const times: number[] = [];
    actor.output.onLine = (line) => {
      times.push(performance.now());
      this.show("client", line);
    };
    return { ...await actor.play(""), times };
  }

  /** Starts a client that goes on talking. */
  talker(args: readonly string[]): Actor {
    return this.#start("client", args);
  }

  /**
   * Shows a line of one actor.
   *
   * @param text The line; a very long one is cut.
   */
  show(who: string, text: string): void {
    if (DRAWING.test(text)) return this.#stage.line(`  ${text}`.trimEnd());
    const room = WIDTH - 11;
    const shown = text.length > 5 * room
      ? `${text.slice(0, room - 26)}... (${
        text.length.toLocaleString("en")
      } characters)`
      : escapeControls(text);
    let name = who.padStart(8);
    for (const line of wrap(shown, room)) {
      this.#stage.line(`${this.#stage.paint("cyan", name)} | ${line}`);
      name = " ".repeat(8);
    }
  }

  /** Shows a sentence of explanation. */
  say(text: string): void {
    this.#stage.line(this.#stage.paint("dim", `  ${text}`));
  }

  /**
   * Shows a claim and whether it holds, and counts it.
   *
   * @param holds Whether it holds.
   */
  check(claim: string, holds: boolean): void {
    if (holds) this.right++;
    else this.wrong++;
    this.#stage.line(
      holds
        ? this.#stage.paint("green", `  ✓ ${claim}`)
        : this.#stage.paint("red", `  ✗ ${claim}`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor.leave()));
  }

  #start(
    program: "server" | "client",
    args: readonly string[],
    permissions: readonly string[] = [],
  ): Actor {
    const line = [`parley-${program}`, ...args.map(quote)].join(" ");
    this.#stage.line(`  $ ${this.#stage.paint("bold", line)}`);
    const actor = new Actor(program, args, permissions);
    this.#actors.push(actor);
    return actor;
  }
}

/** Breaks a text at spaces, if it is too long. A row of a table keeps its own. */
function wrap(text: string, columns: number): string[] {
  if (text.length <= columns) return [text];
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > columns && line !== "") lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Writes an argument as one would type it. */
function quote(arg: string): string {
  return /^[\w./:,=+@-]+$/.test(arg)
    ? arg
    : `'${arg.replaceAll("'", "'\\''")}'`;
}
