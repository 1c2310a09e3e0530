/**
 * `parley-client sniff`: guesses the framing of a server, a recording or a file.
 *
 * @module
 */

import { type Guess, sniffFraming } from "../../lib/framing/mod.ts";
import { kindsAt, refuseOthers } from "../arguments/kinds.ts";
import { parseArguments } from "../arguments/parse.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Failure, UsageError } from "../output/failure.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import { interruption } from "../terminal/interruption.ts";
import { readTarget, targetAt } from "../client/connection/target.ts";
import { type Terminal, writeLine } from "../terminal/terminal.ts";
import { checkPair } from "../tls/tls_options.ts";
import { type Sniffed, sniffedFile } from "./sniff_file.ts";
import {
  SNIFF_MANUAL,
  SNIFF_OPTIONS,
  type SniffValues,
} from "./sniff_options.ts";
import { doubt, guessJson, guessLines } from "./sniff_report.ts";
import { sniffedServer } from "./sniff_server.ts";

/** The command. */
export const SNIFF: LoadedCommand = { manual: () => SNIFF_MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const { given, operands, options } = parseArguments(
    args.slice(1),
    SNIFF_OPTIONS,
  );
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const stop = interruption(terminal);
  try {
    const sniffed = await sniffedAt(operands, given, options, {
      log,
      signal: stop.signal,
      terminal,
    });
    const best = bestGuess(sniffed);
    if (best === undefined || best.sureness === "not sure") {
      const { toClient, toServer } = sniffed.seen;
      const isOneSided = toClient === undefined || toServer === undefined;
      throw new Failure(EXIT.failed, doubt(best, isOneSided));
    }
    const lines = options.format === "json"
      ? [guessJson(best)]
      : guessLines(best);
    writeLine(terminal.output, lines.join("\n"));
    return EXIT.done;
  } finally {
    stop.undo();
    log.flush();
  }
}

/** The best guess; the side is guessed too, if it is not known. */
function bestGuess({ isOneSided, seen }: Sniffed): Guess | undefined {
  const guesses = sniffFraming(seen);
  if (isOneSided) guesses.push(...sniffFraming({ toClient: seen.toServer }));
  return guesses.toSorted((a, b) => b.bits - a.bits)[0];
}

/** Looks at what the operands name. */
async function sniffedAt(
  operands: readonly string[],
  given: ReadonlySet<string>,
  options: SniffValues,
  surroundings: {
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly terminal: Terminal;
  },
): Promise<Sniffed> {
  const [first, ...more] = operands;
  const { log, signal, terminal } = surroundings;
  if (first === undefined) {
    throw new UsageError(
      "there is nothing to look at; write for example: sniff 6379 --send 'PING\\r\\n', or sniff session.jsonl",
    );
  }
  if (first === "-" || await isFile(first)) {
    refuse(given, ["send", "wait"], "a file, and nothing can be sent to it");
    refuseOthers(SNIFF_OPTIONS, given, new Set(), first);
    checkRest(more);
    return await sniffedFile(first, options.connection, terminal.input, log);
  }
  const { address, framing, rest } = readTarget(operands, terminal);
  if (framing !== undefined) {
    throw new UsageError(
      `${framing}@ says what sniff is to find out; leave it out`,
    );
  }
  checkRest(rest);
  refuse(given, ["connection"], "a server, and that is for recordings");
  if (address.transport === "udp") {
    throw new UsageError(
      `${address} needs no framing: each datagram is a message`,
    );
  }
  refuseOthers(
    SNIFF_OPTIONS,
    given,
    new Set(kindsAt(address)),
    String(address),
  );
  checkPair(given);
  const open = await targetAt(address, options, surroundings);
  const how = { send: options.send, waitMs: options.wait };
  const seen = await sniffedServer(await open(), how, signal);
  if (seen.toClient === undefined) {
    throw new Failure(
      EXIT.failed,
      `not sure: ${address} has sent nothing${
        options.send.length === 0
          ? "; send it something with --send, such as --send 'HELP\\r\\n'"
          : " within --wait; send something else, or record a real client"
      }`,
    );
  }
  return { seen, isOneSided: false };
}

/** Whether an operand names a file: one that exists, or any path with "./". */
async function isFile(operand: string): Promise<boolean> {
  if (operand.startsWith("./")) return true;
  try {
    return (await Deno.stat(operand)).isFile;
  } catch {
    // Then it is an address, whose parser says what is wrong with it.
    return false;
  }
}

function refuse(
  given: ReadonlySet<string>,
  names: readonly string[],
  why: string,
): void {
  for (const name of names) {
    if (!given.has(name)) continue;
    throw new UsageError(`--${name} does not apply here: this is ${why}`);
  }
}

function checkRest(rest: readonly string[]): void {
  if (rest.length === 0) return;
  throw new UsageError(`"${rest[0]}" is one operand too many`);
}
