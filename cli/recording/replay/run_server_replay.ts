/**
 * `parley-server replay`: plays the server's side of a recording.
 *
 * ```text
 *   listening ── a client connects ──► plays the next recorded connection
 *       │ with --repeat, the first one follows the last
 *       └── all are played ──► ended
 * ```
 *
 * @module
 */

import { type Address, type Connection, listen } from "../../../mod.ts";
import type { Listener } from "../../../mod.ts";
import { readAddresses } from "../../arguments/address.ts";
import { refuseOthers } from "../../arguments/kinds.ts";
import { about, flag } from "../../arguments/option.ts";
import { parseArguments } from "../../arguments/parse.ts";
import type { Manual } from "../../manual/manual.ts";
import { bareReason } from "../../output/error_text.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { UsageError } from "../../output/failure.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import { type Terminal, writeLine } from "../../terminal/terminal.ts";
import { readTlsFiles } from "../../tls/tls_files.ts";
import { checkPair, TLS_OPTIONS } from "../../tls/tls_options.ts";
import { DatagramListener } from "../exchange/datagram_listener.ts";
import { interruption } from "../exchange/interruption.ts";
import { kindsOfTarget } from "../exchange/target.ts";
import {
  checkReplay,
  COMMON_REPLAY_OPTIONS,
  REPLAY_DETAILS,
} from "./replay_options.ts";
import { Script, tellPlayed } from "./script.ts";

const { help, log, quiet, verbose, version, ...PLAYING } =
  COMMON_REPLAY_OPTIONS;
const OPTIONS = {
  ...PLAYING,
  ...about({ subject: "playing" }, {
    "repeat": flag("begins again after the last recorded connection", {
      usual: true,
    }),
  }),
  ...TLS_OPTIONS,
  ...{ log, quiet, verbose, help, version },
} as const;

type Options = ReturnType<
  typeof parseArguments<typeof OPTIONS>
>["options"];

const MANUAL: Manual = {
  name: "parley-server replay",
  usage: "FILE ADDRESS... [options]",
  summary: "plays the server's side of a recording to clients",
  examples: [
    "parley-server replay session.jsonl 7342",
    "parley-server replay session.jsonl 7342 --speed max --repeat",
    "parley-server replay session.jsonl 7342 --expect",
  ],
  operands: [{
    title: "Operands",
    rows: [
      ["FILE", "a recording, made with --record; - is standard input"],
      [
        "ADDRESS...",
        "where to listen; the first client gets the first recorded connection, and so on",
      ],
    ],
  }],
  options: OPTIONS,
  details: REPLAY_DETAILS,
};

/** The command. */
export const SERVER_REPLAY: LoadedCommand = { manual: MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  progress.stage = "listening";
  const { given, operands, options } = parseArguments(args.slice(1), OPTIONS);
  const [path, ...words] = operands;
  if (path === undefined || words.length === 0) {
    throw new UsageError(
      "a recording and an address are needed; write FILE ADDRESS, such as: session.jsonl 7342",
    );
  }
  const addresses = readAddresses(words, terminal.isSocket);
  check(addresses, given, options);
  progress.json = options.log === "json";
  const lines = new Log(terminal, { ...options, format: options.log });
  const { input } = terminal;
  const reading = { input, log: lines };
  const script = await Script.read(path, "server", options, reading);
  const stop = interruption(terminal);
  const server = new ReplayServer(script, options.repeat, terminal, lines);
  try {
    await server.listen(addresses, options);
    const begun = performance.now();
    const codes = await server.run(stop.signal);
    tellPlayed(codes, options.expect, performance.now() - begun, lines);
    return codes.find((code) => code !== EXIT.done) ?? EXIT.done;
  } finally {
    server.close();
    stop.undo();
    lines.flush();
  }
}

function check(
  addresses: readonly Address[],
  given: ReadonlySet<string>,
  options: Options,
): void {
  const isTls = addresses.some(({ transport }) => transport === "tls");
  const kinds = new Set(addresses.flatMap((at) => [...kindsOfTarget(at)]));
  refuseOthers(OPTIONS, given, kinds, addresses.join(" "));
  checkPair(given);
  checkReplay(options);
  if (isTls && !given.has("cert")) {
    throw new UsageError(
      "a tls: address needs --cert and --key; to try it, make both with: parley-server cert --name localhost --out .",
    );
  }
}

/** Accepts connections and plays to each. */
class ReplayServer {
  readonly #script: Script;
  readonly #repeats: boolean;
  readonly #terminal: Terminal;
  readonly #log: Log;
  readonly #listeners: Listener[] = [];
  readonly #open = new Set<Connection>();
  readonly #playing: Promise<ExitCode>[] = [];
  readonly #allTaken = Promise.withResolvers<void>();
  #next = 0;

  constructor(
    script: Script,
    repeats: boolean,
    terminal: Terminal,
    log: Log,
  ) {
    this.#script = script;
    this.#repeats = repeats;
    this.#terminal = terminal;
    this.#log = log;
  }

  async listen(
    addresses: readonly Address[],
    { alpn, cert, key, "tls-engine": tlsEngine }: Options,
  ): Promise<void> {
    const files = { ca: undefined, cert, key };
    const tls = {
      ...await readTlsFiles(files, this.#terminal),
      ...(alpn === undefined ? {} : { alpn }),
      ...(tlsEngine === undefined ? {} : { tlsEngine }),
    };
    for (const address of addresses) {
      const listener = address.transport === "udp"
        ? new DatagramListener(address)
        : await listen(address, tls);
      this.#listeners.push(listener);
      const text = String(listener.address);
      this.#log.now(
        { event: "listening", address: text },
        `listening on ${text}`,
      );
    }
  }

  /** Resolves to what came of each connection, once all were played. */
  async run(signal: AbortSignal): Promise<readonly ExitCode[]> {
    const stop = Promise.withResolvers<never>();
    const onAbort = () => stop.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    for (const listener of this.#listeners) {
      this.#accept(listener).catch(stop.reject);
    }
    try {
      await Promise.race([this.#allTaken.promise, stop.promise]);
      this.#stopListening();
      return await Promise.race([Promise.all(this.#playing), stop.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      stop.promise.catch(() => {});
    }
  }

  /** Ends all of it. */
  close(): void {
    this.#stopListening();
    for (const connection of this.#open) connection.abort();
  }

  #stopListening(): void {
    for (const listener of this.#listeners) listener.close();
    this.#listeners.length = 0;
  }

  async #accept(listener: Listener): Promise<void> {
    while (this.#listeners.includes(listener)) {
      let connection: Connection;
      try {
        connection = await listener.accept();
      } catch (error) {
        // It was closed, as all connections are taken.
        if (!this.#listeners.includes(listener)) return;
        throw error;
      }
      this.#begin(connection);
    }
  }

  #begin(connection: Connection): void {
    const { connections } = this.#script;
    if (this.#next === connections.length) {
      if (!this.#repeats) return connection.abort();
      this.#next = 0;
    }
    const turns = connections[this.#next++]!;
    this.#log.soon(
      {
        event: "playing",
        connection: turns.connection,
        peer: String(connection.remoteAddress),
      },
      `playing connection ${turns.connection} to ${connection.remoteAddress}`,
    );
    const played = this.#play(connection, turns);
    // With --repeat there is no end at which they are looked at.
    if (!this.#repeats) this.#playing.push(played);
    if (this.#next === connections.length && !this.#repeats) {
      this.#allTaken.resolve();
    }
  }

  async #play(
    connection: Connection,
    turns: Script["connections"][number],
  ): Promise<ExitCode> {
    this.#open.add(connection);
    const { output } = this.#terminal;
    try {
      await connection.handshake?.();
      return await this.#script.play(
        connection,
        turns,
        (line) => writeLine(output, line),
      );
    } catch (error) {
      writeLine(
        output,
        `connection ${turns.connection}: ${bareReason(error)}`,
      );
      connection.abort();
      return EXIT.failed;
    } finally {
      this.#open.delete(connection);
    }
  }
}
