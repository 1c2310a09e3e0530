/**
 * The client as one that asks a web server: one request, its response, done.
 *
 * @module
 */

import {
  type HttpRequestOptions,
  type IncomingResponse,
  request,
} from "../../../lib/http/mod.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { NewFile } from "../../output/new_file.ts";
import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import { retryFor } from "../../client/connection/retry.ts";
import { tlsOptions } from "../../client/connection/tls_settings.ts";
import type { Surroundings } from "../../client/run_client.ts";
import { formatSize } from "../../arguments/sizes.ts";
import type { Output, Terminal } from "../../terminal/terminal.ts";
import {
  type BodyFile,
  type BodySink,
  NOWHERE,
  shown,
  takeBody,
  writtenTo,
} from "./body_sink.ts";
import type { HttpCommand } from "./http_command.ts";
import { httpFailure } from "./http_failure.ts";
import { judge, statusOf } from "./judge_response.ts";
import { PartFile } from "./part_file.ts";
import { ProgressLine } from "./progress_line.ts";
import { openBody, type RequestBody } from "./request_body.ts";
import { Watch } from "./watch.ts";

/**
 * Sends the request of a command line and shows or writes the response.
 *
 * @param surroundings What it is made with.
 * @throws {Failure} If there is no whole response, or its status is an error.
 */
export async function runHttpRequest(
  command: HttpCommand,
  surroundings: Surroundings,
): Promise<void> {
  const { progress, terminal } = surroundings;
  const end = new AbortController();
  const watch = new Watch(command, terminal.output, end);
  const stop = endAfter(command, watch, end);
  const signal = AbortSignal.any([surroundings.signal, end.signal]);
  try {
    await performRequest(command, { ...surroundings, signal }, watch);
  } catch (error) {
    // What has ended it says more than what broke then.
    const reason = signal.aborted ? signal.reason : error;
    throw httpFailure(reason, watch);
  } finally {
    stop();
    watch.end();
    progress.stage = watch.progress === "dialling" ? "connecting" : "talking";
  }
}

/** Ends all of it when `--timeout` is over. */
function endAfter(
  { options: { timeout }, url }: HttpCommand,
  watch: Watch,
  end: AbortController,
): () => void {
  if (timeout === Infinity) return () => {};
  const giveUp = () => {
    // A server without TLS may wait in silence for a line of text.
    const check = url.protocol === "https:" && watch.progress === "dialling"
      ? "check that the server speaks TLS there"
      : "check the address";
    const late = `there was no whole response from ${url} within ${
      formatDuration(timeout)
    } (--timeout); ${check}, or allow more time`;
    end.abort(new Failure(EXIT.timeout, late));
  };
  const timer = setTimeout(giveUp, timeout);
  return () => clearTimeout(timer);
}

async function performRequest(
  command: HttpCommand,
  surroundings: Surroundings,
  watch: Watch,
): Promise<void> {
  const { log, recording, signal, terminal } = surroundings;
  const { output } = command.options;
  const isContinued = command.given.has("continue-at");
  const tls = await tlsOptions(command, terminal, log);
  using body = await bodyOf(command, terminal);
  // Whether the file can be written is known before the server does anything.
  await using file = output === undefined || output === "-"
    ? undefined
    : isContinued
    ? await PartFile.open(output)
    : await NewFile.create(output, "output");
  const part = file instanceof PartFile ? file : undefined;
  signal.throwIfAborted();
  const begun = performance.now();
  const response = await request(command.url, {
    ...tls,
    ...requestOptions(command, body, part?.headers ?? []),
    retry: retryFor(command.options.retry, log),
    wrap: recording?.wrap("client"),
    onBytes: (direction, bytes) => watch.see(direction, bytes),
    signal,
  });
  tellAnswer(response, log, tenths(performance.now() - begun));
  watch.showHeads();
  const { head, include } = command.options;
  // --head has shown it already.
  if (include && !head) showHead(response, terminal.output);
  if (part?.isComplete(response)) {
    await response.body?.cancel();
    log.now({ event: "complete", file: output }, `${output} is complete`);
    return;
  }
  await refuseUndecoded(response);
  if (response.ok) await beginPart(part, response, log, output);
  await receive(response, command, surroundings, file);
  tellOddities(response, log);
  judge(response, command, log);
}

/** Refuses a body that --compressed cannot decompress, before it is written. */
async function refuseUndecoded(response: IncomingResponse): Promise<void> {
  const { body, undecoded, url } = response;
  if (body === null || undecoded.length === 0) return;
  await body.cancel();
  throw new Failure(
    EXIT.framing,
    `${url} answered ${statusOf(response)} with a body in ${
      undecoded.join(", ")
    }, which --compressed cannot decompress; ` +
      "leave --compressed out to get the body as it is sent",
  );
}

/** Makes the file ready, and says where in it the body goes. */
async function beginPart(
  part: PartFile | undefined,
  response: Response,
  log: Log,
  output: string | undefined,
): Promise<void> {
  const from = await part?.begin(response);
  if (from === undefined || from === 0) return;
  log.soon(
    { event: "continued", file: output, from },
    `${output} goes on at byte ${from}`,
  );
}

async function bodyOf(
  { options: { data, form } }: HttpCommand,
  terminal: Terminal,
): Promise<RequestBody | undefined> {
  if (form.length > 0) {
    const { formBody } = await import("./form_body.ts");
    return { ...await formBody(form), [Symbol.dispose]() {} };
  }
  return data === undefined ? undefined : await openBody(data, terminal.input);
}

function requestOptions(
  { given, headers, method, options }: HttpCommand,
  body: RequestBody | undefined,
  more: readonly [name: string, value: string][],
): HttpRequestOptions {
  const length = body?.length;
  const isGiven = (field: string) =>
    headers.some(([name]) => name.toLowerCase() === field);
  const idle = options["idle-timeout"];
  return {
    method,
    headers: [
      ...headers,
      ...more,
      ...length === undefined || isGiven("content-length")
        ? []
        : [["Content-Length", String(length)]] as [string, string][],
      ...body?.type === undefined || isGiven("content-type")
        ? []
        : [["Content-Type", body.type]] as [string, string][],
    ],
    bareLineFeed: options["bare-line-feed"],
    body: body?.body ?? null,
    connectTimeoutMs: options["connect-timeout"],
    decompress: options.compressed,
    lenient: options.lenient,
    maxBodyBytes: options["max-body"],
    redirect: options.location ? "follow" : "manual",
    tlsHandshakeTimeoutMs: options["handshake-timeout"],
    ...(given.has("idle-timeout")
      ? { bodyTimeoutMs: idle, responseTimeoutMs: idle }
      : {}),
  };
}

async function receive(
  response: Response,
  { options }: HttpCommand,
  { log, signal, terminal }: Surroundings,
  file: BodyFile | undefined,
): Promise<void> {
  // Under the name of what was asked for there is never a page that says no.
  if (file === undefined || !response.ok) {
    const sink = options.raw ? NOWHERE : shown(terminal.output);
    tellEnd(await takeBody(response, sink), log);
    return;
  }
  const begun = performance.now();
  const isWatched = terminal.errors.isTerminal && !options.quiet &&
    options.log === "text";
  const sink = fileSink(response, file, isWatched ? terminal : undefined);
  const bytes = await takeBody(response, sink);
  signal.throwIfAborted();
  await file.keep();
  if (!isWatched && !options.verbose) return;
  const durationMs = tenths(performance.now() - begun);
  log.now(
    { event: "written", file: options.output, bytes, durationMs },
    `wrote ${options.output}: ${formatSize(bytes)} in ${
      formatDuration(durationMs)
    }`,
  );
}

function fileSink(
  response: Response,
  file: BodyFile,
  terminal: Terminal | undefined,
): BodySink {
  if (terminal === undefined) return writtenTo(file, undefined);
  const length = response.headers.get("content-length");
  const total = length === null ? undefined : Number(length);
  return writtenTo(file, new ProgressLine(terminal.errors, total));
}

/** Shows the head of a response, in lines that end with a line feed alone. */
function showHead(response: Response, output: Output): void {
  const fields = [...response.headers].map(([name, value]) =>
    `${name}: ${value}\n`
  );
  const head = `HTTP/1.1 ${statusOf(response)}\n${fields.join("")}\n`;
  const sink = shown(output);
  sink.write(new TextEncoder().encode(head));
  sink.end();
}

/** Tells what is odd about a response that was accepted. */
function tellOddities(
  { forgiven }: IncomingResponse,
  log: Log,
): void {
  if (forgiven.length > 0) {
    const faults = forgiven.map((fault) => fault.replaceAll("_", " "));
    log.soon(
      { event: "forgiven", faults: forgiven },
      `accepted as browsers do: ${faults.join(", ")}`,
    );
  }
}

function tellAnswer(response: Response, log: Log, durationMs: number): void {
  if (!log.options.verbose) return;
  const { status, url } = response;
  log.now(
    { event: "answered", url, status, durationMs },
    `${url} answered ${statusOf(response)} after ${formatDuration(durationMs)}`,
  );
}

function tellEnd(bytes: number, log: Log): void {
  if (!log.options.verbose) return;
  log.now({ event: "received", bytes }, `received ${formatSize(bytes)}`);
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
