/**
 * Ends the server on a signal.
 *
 * ```text
 *        signal, or enough        connections over, or --grace
 *  serving ─────────────► draining ─────────────────────────► stopped, exit 0
 *                            │ another signal, 500 ms later or more
 *                            └────────► cutting ─► stopped, exit 130 or 143
 * ```
 *
 * @module
 */

import type { ShutdownReport } from "../../mod.ts";
import { formatDuration } from "../arguments/durations.ts";
import { formatSize } from "../arguments/sizes.ts";
import { EXIT, type ExitCode } from "../output/exit_code.ts";
import type { Log } from "../output/log.ts";
import type { EndSignal, Terminal } from "../terminal/terminal.ts";
import type { Servers } from "./servers.ts";

// A task runner passes on the SIGINT that the terminal has sent to both: the
// second within this time is the same request.
const SAME_REQUEST_MS = 500;

/**
 * Waits, from now on, for a signal, then for the connections. A second signal
 * cuts them.
 *
 * @param terminal Gives the signals.
 * @param graceMs How long connections may take.
 * @param enough Ends the server as the first signal does, when it resolves.
 */
export async function untilSignal(
  servers: Servers,
  terminal: Pick<Terminal, "elapsedMs" | "onSignal">,
  log: Log,
  graceMs: number,
  enough?: Promise<void>,
): Promise<ExitCode> {
  const { promise: ended, resolve: end, reject } = Promise.withResolvers<
    ExitCode
  >();
  let stoppingSince: number | undefined;
  let exitCode: ExitCode = EXIT.done;
  const stop = async () => {
    tellStopping(await servers.open(), graceMs, log);
    const report = await servers.shutdown(graceMs);
    tellReport(report, log);
    end(exitCode);
  };
  const begin = (now: number) => {
    stoppingSince = now;
    stop().catch(reject);
  };
  enough?.then(() => {
    if (stoppingSince === undefined) begin(terminal.elapsedMs());
  });
  const onSignal = (signal: EndSignal) => {
    const now = terminal.elapsedMs();
    if (stoppingSince === undefined) begin(now);
    else if (now - stoppingSince >= SAME_REQUEST_MS) {
      exitCode = signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
      servers.cut();
    }
  };
  const undo = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    terminal.onSignal(signal, () => onSignal(signal))
  );
  try {
    return await ended;
  } finally {
    for (const stopListening of undo) stopListening();
  }
}

function tellStopping(open: number, graceMs: number, log: Log): void {
  log.soon(
    { event: "stopping", connections: open, graceMs },
    open === 0
      ? "stopping"
      : `stopping: ${open} open ${
        open === 1 ? "connection has" : "connections have"
      } ${formatDuration(graceMs)} to finish; once more to cut them`,
  );
  log.flush();
}

function tellReport({ cut, finished }: ShutdownReport, log: Log): void {
  for (const { droppedBytes = 0, remoteAddress, unsentBytes } of cut) {
    const peer = String(remoteAddress);
    const dropped = droppedBytes === 0
      ? ""
      : `, and dropped ${formatSize(droppedBytes)} that it had sent`;
    const event = { event: "cut", peer, unsentBytes, droppedBytes };
    const text = `cut ${peer} with ${formatSize(unsentBytes)} unsent${dropped}`;
    // A loss is logged with --quiet too.
    if (unsentBytes + droppedBytes > 0) log.now(event, text);
    else log.soon(event, text);
  }
  log.soon(
    { event: "stopped", finished, cut: cut.length },
    `stopped: ${finished} finished, ${cut.length} cut`,
  );
}
