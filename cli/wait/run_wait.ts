/**
 * `parley-client wait`: waits until servers are there, or gone.
 *
 * @module
 */

import type { TlsDialOptions } from "../../lib/transport/tls/mod.ts";
import { formatDuration } from "../arguments/durations.ts";
import { WAIT_FOREIGN } from "../arguments/foreign_options.ts";
import { hasOwnMessages, refuseOthers } from "../arguments/kinds.ts";
import { loadValues } from "../arguments/load_values.ts";
import { parseArguments } from "../arguments/parse.ts";
import { checkMessages } from "../client/client_checks.ts";
import { tlsOptions } from "../client/connection/tls_settings.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import { Failure } from "../output/failure.ts";
import { Log } from "../output/log.ts";
import type { Invocation, LoadedCommand } from "../program.ts";
import { interruption } from "../terminal/interruption.ts";
import { checkPair } from "../tls/tls_options.ts";
import type { Finding, Probe } from "./finding.ts";
import { type Waited, waitFor } from "./wait_for.ts";
import { WAIT_MANUAL, WAIT_OPTIONS, type WaitValues } from "./wait_options.ts";
import { notDone, tellChange, tellDone, tellNotDone } from "./wait_report.ts";
import {
  kindsOfTargets,
  readTargets,
  type WaitTarget,
} from "./wait_targets.ts";

// As much of a message as the library takes by itself.
const MOST_BYTES = 1024 * 1024;

/** The command. */
export const WAIT: LoadedCommand = {
  manual: () => WAIT_MANUAL,
  run,
};

async function run(
  { args, progress, terminal }: Invocation,
): Promise<ExitCode> {
  await loadValues(args, WAIT_OPTIONS);
  const { given, operands, options } = parseArguments(
    args.slice(1),
    WAIT_OPTIONS,
    WAIT_FOREIGN,
  );
  progress.json = options.log === "json";
  const targets = readTargets(operands, terminal);
  const kinds = kindsOfTargets(targets);
  refuseOthers(WAIT_OPTIONS, given, kinds, operands.join(" "));
  checkPair(given);
  const { send } = options;
  for (const { address, framing = options.frame } of targets) {
    if (send !== undefined && !hasOwnMessages(address)) {
      await checkMessages([send], framing, MOST_BYTES);
    }
  }
  const log = new Log(terminal, { ...options, format: options.log });
  const secured = targets.find(({ address }) => address.isTls) ?? targets[0]!;
  const { address } = secured;
  const tls = await tlsOptions({ address, options }, terminal, log);
  const stop = interruption(terminal);
  try {
    return await waitForAll(targets, options, tls, { log, stop: stop.signal });
  } finally {
    stop.undo();
    log.flush();
  }
}

async function waitForAll(
  targets: readonly WaitTarget[],
  options: WaitValues,
  tls: TlsDialOptions,
  { log, stop }: { readonly log: Log; readonly stop: AbortSignal },
): Promise<ExitCode> {
  const { gone, timeout } = options;
  const settings = {
    timeoutMs: timeout,
    everyMs: options.every,
    attemptMs: options["attempt-timeout"],
    gone,
  };
  // One that can never be reached ends the wait for the others.
  const failed = new AbortController();
  const signal = AbortSignal.any([stop, failed.signal]);
  const waits = targets.map(async (target) => {
    try {
      const probe = await probeOf(target, options, tls);
      const onChange = (found: Finding) =>
        tellChange(nameOf(target), found, log);
      const waited = await waitFor(probe, { ...settings, onChange }, signal);
      if (waited.isDone) tellDone(nameOf(target), waited, gone, log);
      return { target, waited };
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(waits);
  signal.throwIfAborted();
  const late = (await Promise.all(waits)).filter(({ waited }) =>
    !waited.isDone
  );
  if (late.length === 0) return EXIT.done;
  throw new Failure(
    EXIT.timeout,
    lateText(late, targets.length, options, log),
  );
}

/** Tells of each that is late, and gives the line for all. */
function lateText(
  late: readonly { readonly target: WaitTarget; readonly waited: Waited }[],
  all: number,
  { gone, timeout }: WaitValues,
  log: Log,
): string {
  const over = ` after ${formatDuration(timeout)} (--timeout)`;
  const [first] = late;
  if (all === 1) {
    return notDone(nameOf(first!.target), first!.waited, gone, over);
  }
  for (const { target, waited } of late) {
    tellNotDone(nameOf(target), waited, gone, log);
  }
  return `${late.length} of ${all} addresses ${
    late.length === 1 ? "is" : "are"
  } not ${gone ? "gone" : "ready"}${over}`;
}

/** Each is loaded when it is needed. */
async function probeOf(
  { address, framing, url }: WaitTarget,
  { every, expect, frame, send }: WaitValues,
  tls: TlsDialOptions,
): Promise<Probe> {
  if (url !== undefined) {
    const { httpProbe } = await import("./probes/http_probe.ts");
    return httpProbe(url, expect, tls);
  }
  if (address.transport === "udp") {
    const { datagramProbe } = await import("./probes/datagram_probe.ts");
    return datagramProbe(address, { expect, send }, every);
  }
  const { connectionProbe } = await import("./probes/connection_probe.ts");
  const own = address.isTls ? tls : {};
  return connectionProbe(address, framing ?? frame, { expect, send }, own);
}

function nameOf({ address, url }: WaitTarget): string {
  return String(url ?? address);
}
