/**
 * `parley-client chop`: cuts a request at every byte.
 *
 * @module
 */

import { isWebSocket, kindsAt, refuseOthers } from "../../arguments/kinds.ts";
import { parseArguments } from "../../arguments/parse.ts";
import { framedBy, type Place } from "../../arguments/place.ts";
import { describe } from "../../output/describe.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { Failure, UsageError } from "../../output/failure.ts";
import { Log } from "../../output/log.ts";
import type { Invocation, LoadedCommand } from "../../program.ts";
import { type Terminal, writeLine } from "../../terminal/terminal.ts";
import { checkPair } from "../../tls/tls_options.ts";
import { interruption } from "../../terminal/interruption.ts";
import { readTarget, targetAt } from "../../client/connection/target.ts";
import { framingTo } from "../read/frame_options.ts";
import { readTurns } from "../read/read_turns.ts";
import { acknowledgement } from "./acknowledged.ts";
import { chop, type Chopped } from "./chop.ts";
import {
  CHOP_MANUAL,
  CHOP_OPTIONS,
  type ChopValues,
  TYPED_FRAMING,
} from "./chop_options.ts";
import { countCuts } from "./cuts.ts";
import { partsOf } from "./parts.ts";
import { webSocketRequest } from "./websocket_request.ts";
import { ProgressOfCuts } from "./progress_of_cuts.ts";
import { reportJson, reportLines } from "./report.ts";
import {
  type ChopRequest,
  requestOfMessages,
  requestOfRecording,
} from "./request.ts";

/** The command. */
export const CHOP: LoadedCommand = { manual: () => CHOP_MANUAL, run };

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  const parsed = parseArguments(args.slice(1), CHOP_OPTIONS);
  const { address, framing, path } = readOperands(
    parsed.operands,
    parsed.options,
    terminal,
  );
  const { given, options } = framedBy(parsed, framing, "frame");
  refuseOthers(CHOP_OPTIONS, given, new Set(kindsAt(address)), String(address));
  checkPair(given);
  progress.json = options.log === "json";
  const log = new Log(terminal, { ...options, format: options.log });
  const isWs = isWebSocket(address);
  if (isWs && path === undefined) checkNoFrame(given);
  const request = await requestFor(path, isWs, options, terminal, log);
  const cuts = countCuts(request, options.pairs);
  if (cuts === 0) {
    throw new UsageError(
      `a request of ${request.bytes.length} bytes cannot be cut${
        options.pairs ? " in three" : ""
      }`,
    );
  }
  const stop = interruption(terminal);
  const line = new ProgressOfCuts(terminal.errors, cuts);
  try {
    const { signal } = stop;
    const surroundings = { log, signal, terminal };
    const result = await chop({
      request,
      open: await targetAt(address, options, surroundings),
      acknowledged: await acknowledgement(),
      connections: options.connections,
      ignored: options.ignore,
      inThree: options.pairs,
      maxMessageBytes: options["max-message"],
      pauseMs: options.pause,
      timeoutMs: options.timeout,
      signal,
      onProgress: (tried, bad) => line.show(tried, bad),
    });
    line.clear();
    return report(result, request, options, terminal, log);
  } finally {
    line.clear();
    stop.undo();
    log.flush();
  }
}

function readOperands(
  operands: readonly string[],
  { connection, message }: ChopValues,
  terminal: Terminal,
): Place & { readonly path: string | undefined } {
  if (operands.length === 0) {
    throw new UsageError(
      "there is no address; write for example: chop 7342 --message hello",
    );
  }
  const target = readTarget(operands, terminal);
  const { address, framing, rest: [path, ...more] } = target;
  if (more.length > 0) {
    throw new UsageError(`"${more[0]}" is one operand too many`);
  }
  if ((path === undefined) === (message.length === 0)) {
    throw new UsageError(
      path === undefined
        ? "there is no request; write --message TEXT, or the name of a recording"
        : "the request is either --message or a recording; leave one out",
    );
  }
  if (connection !== undefined && path === undefined) {
    throw new UsageError(
      "--connection is for a recording; write for example: chop 7342 session.jsonl --connection 2",
    );
  }
  if (address.transport === "udp") {
    throw new UsageError(
      `${address} has nothing to cut: a datagram arrives whole or not at all`,
    );
  }
  return { address, framing, path };
}

function checkNoFrame(given: ReadonlySet<string>): void {
  const name = ["frame", "frame-to-server", "frame-to-client"]
    .find((name) => given.has(name));
  if (name === undefined) return;
  throw new UsageError(
    `--${name} means nothing over WebSocket: a frame of WebSocket is one message; leave it out`,
  );
}

async function requestFor(
  path: string | undefined,
  isWs: boolean,
  options: ChopValues,
  { input }: Terminal,
  log: Log,
): Promise<ChopRequest> {
  const maxMessageBytes = options["max-message"];
  if (path === undefined) {
    if (isWs) {
      const frames = webSocketRequest();
      return requestOfMessages(
        options.message,
        frames,
        frames,
        maxMessageBytes,
      );
    }
    const { frame = TYPED_FRAMING } = options;
    return requestOfMessages(
      options.message,
      options["frame-to-server"] ?? frame,
      options["frame-to-client"] ?? frame,
      maxMessageBytes,
    );
  }
  let wanted = options.connection;
  const { connections: [turns], framing: answerFraming, head } =
    await readTurns(path, {
      side: "client",
      isWanted(event) {
        if (!("connection" in event)) return false;
        wanted ??= event.connection;
        return event.connection === wanted;
      },
      options,
      input,
      log,
    });
  const framing = framingTo("server", options, head, log);
  const request = turns && requestOfRecording(turns, framing, answerFraming);
  if (request === undefined || request.bytes.length === 0) {
    const which = options.connection === undefined
      ? "connection in which a client sends something"
      : `connection ${options.connection} in which the client sends something`;
    throw new Failure(EXIT.usage, `${path} has no ${which}`);
  }
  return request;
}

function report(
  { bad, stopped, tried }: Chopped,
  request: ChopRequest,
  options: ChopValues,
  { output }: Terminal,
  log: Log,
): ExitCode {
  const parts = partsOf(request, options["max-message"]);
  if (options.format === "json") {
    for (const cut of bad) writeLine(output, reportJson(cut, parts));
    log.soon(
      { event: "chopped", cuts: tried, changing: bad.length },
      `chop: ${tried} cuts, ${bad.length} change the answer`,
    );
  } else {
    const columns = output.isTerminal
      ? output.columns?.() ?? Infinity
      : Infinity;
    const lines = reportLines(request, parts, tried, bad, columns);
    writeLine(output, lines.join("\n"));
  }
  if (stopped instanceof Failure) throw stopped;
  if (stopped !== undefined) {
    const reason = describe(stopped, "connecting");
    throw new Failure(
      EXIT.failed,
      `stopped after ${tried} cuts: ${reason}; perhaps the server has ended because of one of the last cuts`,
      { cause: stopped },
    );
  }
  return bad.length === 0 ? EXIT.done : EXIT.failed;
}
