/**
 * Load: how fast a server answers, and how late.
 *
 * {@linkcode runLoad} sends messages over many connections and measures every answer:
 * over TCP, TLS, Unix sockets, WebSocket, UDP and HTTP. `parley-client load` is the
 * same on a command line.
 *
 * ```text
 *   closed loop   a message is sent when an answer has come    how much can it do?
 *   open loop     messages are sent at their times             how long do users wait?
 * ```
 *
 * A closed loop hides a stall: while the server stands still, nothing is sent that
 * could wait. So an open loop takes the latency from the time at which a message was
 * to be sent, and shows the service time, from when it was sent, beside it. How late
 * the generator itself was is measured too, and never subtracted.
 *
 * @example 2,000 messages per second for a fifth of a second
 * ```ts
 * import { serve } from "@parley/parley";
 * import { runLoad } from "@parley/parley/load";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve("tcp://127.0.0.1:0", {}, async (peer) => {
 *   for await (const message of peer) await peer.send(message);
 * });
 * const { messages, latency, service } = await runLoad({
 *   address: String(server.address),
 *   ratePerS: 2_000,
 *   durationMs: 200,
 *   warmUpMs: 0,
 * });
 * assertEquals(messages, 400);
 * console.log(latency?.p99_us, service?.p99_us);
 * ```
 *
 * @module
 */

export { hdrText } from "./hdr_text.ts";
export {
  DEFAULT_ANSWER_TIMEOUT_MS,
  DEFAULT_LOAD_DURATION_MS,
  DEFAULT_LOAD_MESSAGE_BYTES,
  DEFAULT_OPEN_IN_FLIGHT,
  DEFAULT_WARM_UP_MS,
  type LoadLimit,
  type LoadOptions,
  type LoadProgress,
  type LoadThread,
  type LoadWorkerScope,
  MOST_IN_FLIGHT,
  MOST_LOAD_CONNECTIONS,
} from "./options.ts";
export { readLoadSummary } from "./read_summary.ts";
export { runLoad, runLoadWorker } from "./run_load.ts";
export { LOAD_SUMMARY_VERSION } from "./summary.ts";
export type {
  LatencyFigures,
  LoadErrorKind,
  LoadErrors,
  LoadInterval,
  LoadLimitResult,
  LoadParameters,
  LoadSummary,
  LoadVersions,
  PercentilePoint,
} from "./summary.ts";
