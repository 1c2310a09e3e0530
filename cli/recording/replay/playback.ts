/**
 * What is to be played: the connections of a recording, and how.
 *
 * @module
 */

import type { Framing, Side } from "../../../lib/framing/mod.ts";
import type {
  ConnectionTurns,
  RecordedEvent,
} from "../../../lib/recording/mod.ts";
import { drawsOf, otherSide } from "../../../lib/core.ts";
import type { Connection } from "../../../mod.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { chosenSeed } from "../../arguments/chosen_seed.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import type { Input } from "../../terminal/terminal.ts";
import { readTurns } from "../read/read_turns.ts";
import { Expectation } from "./expectation.ts";
import { play, type Played } from "./play.ts";
import type { ReplayValues } from "./replay_options.ts";

/**
 * The connections of a recording, to be played by one side: from memory, because they
 * overlap.
 */
export class Playback {
  readonly connections: readonly ConnectionTurns[];
  readonly #side: Side;
  readonly #framing: Framing | undefined;
  readonly #options: ReplayValues;
  readonly #seed: number;

  private constructor(
    connections: readonly ConnectionTurns[],
    side: Side,
    framing: Framing | undefined,
    options: ReplayValues,
    seed: number,
  ) {
    this.connections = connections;
    this.#side = side;
    this.#framing = framing;
    this.#options = options;
    this.#seed = seed;
  }

  /**
   * Reads what is to be played.
   *
   * @param path The recording.
   * @param side The side that is played.
   * @throws {Failure} If it cannot be read, or has no such connection.
   */
  static async read(
    path: string,
    side: Side,
    options: ReplayValues,
    { input, log }: { readonly input: Input; readonly log: Log },
  ): Promise<Playback> {
    const { connections: found, framing } = await readTurns(path, {
      side,
      isWanted: (event) => isWanted(event, options.connection),
      options,
      input,
      log,
    });
    if (found.length === 0) {
      throw new Failure(
        EXIT.usage,
        options.connection === undefined
          ? `${path} has no connections`
          : `${path} has no connection ${options.connection}`,
      );
    }
    const seed = options.cut === "random" ? options.seed ?? chosenSeed(log) : 0;
    return new Playback(found, side, framing, options, seed);
  }

  /**
   * Plays a connection of the recording on one that is open.
   *
   * @param output Takes the first difference, as a line.
   * @returns 0 if it was as it was recorded; 1 if it differs from what was expected;
   * otherwise the code of what went wrong.
   */
  async play(
    connection: Connection,
    turns: ConnectionTurns,
    output: (line: string) => void,
  ): Promise<ExitCode> {
    const { cut, expect, ignore, speed, timeout } = this.#options;
    const parts = {
      framing: turns.unit === "messages"
        ? this.#framing
        : turns.unit === "datagrams"
        ? turns.unit
        : undefined,
      from: otherSide(this.#side),
      maxMessageBytes: this.#options["max-message"],
    } as const;
    const expectation = expect
      ? new Expectation(turns, { ...parts, ignored: ignore })
      : undefined;
    const played: Played = await play(connection, turns, {
      ...parts,
      onMessage: (message) => expectation?.received(message),
      speed,
      timeoutMs: timeout,
      cut,
      // Whatever is played at the same time, or was played before.
      random: drawsOf(this.#seed, turns.connection),
    });
    const { failure, otherEnd } = played;
    if (expectation === undefined) {
      if (failure === undefined) return EXIT.done;
      output(`connection ${turns.connection}: ${failure.text}`);
      return failure.exitCode;
    }
    expectation.finish(otherEnd, failure?.text);
    if (expectation.difference === undefined) return EXIT.done;
    output(expectation.difference);
    return EXIT.failed;
  }
}

function isWanted(
  event: RecordedEvent,
  connection: number | undefined,
): boolean {
  return connection === undefined ||
    ("connection" in event && event.connection === connection);
}

/**
 * Says how much was played.
 *
 * @param codes What came of each connection.
 */
export function tellPlayed(
  codes: readonly ExitCode[],
  isExpecting: boolean,
  ms: number,
  log: Log,
): void {
  const connections = codes.length;
  const asRecorded = codes.filter((code) => code === EXIT.done).length;
  log.soon(
    { event: "replayed", connections, asRecorded },
    `played ${connections} ${
      connections === 1 ? "connection" : "connections"
    } in ${formatDuration(ms)}${
      isExpecting ? `: ${asRecorded} as recorded` : ""
    }`,
  );
}
