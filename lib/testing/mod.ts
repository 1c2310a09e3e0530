/**
 * Tools to test programs that use this library: a check for your own framing,
 * connections in memory that cut, delay, end and reset where a test decides, faults for
 * any connection, and scripts of conversations with a server or a client; the same way
 * in every run.
 *
 * @example A framing of your own
 * ```ts
 * import { delimiter } from "@parley/parley/framing";
 * import { verifyFraming } from "@parley/parley/testing";
 * import { assert } from "@std/assert";
 *
 * const report = verifyFraming(delimiter("END"), [
 *   new TextEncoder().encode("EN"),
 *   new TextEncoder().encode("hello"),
 * ]);
 * assert(report.costMeasured);
 * ```
 *
 * @example A client whose server stops in the middle of a message, without a socket
 * ```ts
 * import { connect, serve, TimeoutError } from "@parley/parley";
 * import { memoryListener, withFaults } from "@parley/parley/testing";
 * import { assertRejects } from "@std/assert";
 *
 * const options = { framing: "length:4", encoding: "text" } as const;
 * const listener = memoryListener();
 * await using server = await serve(listener, options, async (peer) => {
 *   for await (const message of peer) await peer.send(message);
 * });
 *
 * // 4 bytes of length and 2 of 5 of the message arrive. In an address's place,
 * // such as "tcp://127.0.0.1:7342", `wrap` does the same to a real server.
 * await using client = await connect(listener, {
 *   ...options,
 *   wrap: (connection) => withFaults(connection, ["to-client:stall-after:6"]),
 * });
 * await client.send("hello");
 * await assertRejects(() => client.receive({ timeoutMs: 50 }), TimeoutError);
 * ```
 *
 * @example A conversation, written down
 * ```ts
 * import { connect, serve } from "@parley/parley";
 * import { parseScript, runScript } from "@parley/parley/testing";
 *
 * await using server = await serve("tcp://127.0.0.1:0", async (peer) => {
 *   await peer.send(new TextEncoder().encode("220 ready"));
 *   for await (const message of peer) await peer.send(message);
 * });
 * const script = parseScript("expect /^220/\nsend hello\nexpect hello");
 * await runScript(script, ({ options }) => connect(server.address, options));
 * ```
 *
 * @module
 */

export {
  verifyFraming,
  type VerifyFramingOptions,
  type VerifyFramingReport,
} from "./verify_framing.ts";
export {
  type MemoryConnectOptions,
  type MemoryDelay,
  type MemoryFaults,
  type MemoryListener,
  memoryListener,
  type MemoryListenerOptions,
  memoryPair,
  type MemoryPairOptions,
  type MemoryPieces,
} from "../transport/memory/mod.ts";
export {
  parseScript,
  type ParseScriptOptions,
} from "../script/parse_script.ts";
export {
  type ConnectScript,
  runScript,
  type RunScriptOptions,
  type ScriptConnection,
  type ScriptReport,
} from "../script/run_script.ts";
export {
  ScriptError,
  ScriptFailure,
  type ScriptFailureDetails,
  type ScriptMessage,
} from "../script/script_error.ts";
export type {
  Script,
  ScriptConnectionOptions,
  ScriptConnectionPlan,
  ScriptStep,
} from "../script/statement.ts";
export { checkFaults, type FaultMedium } from "../faults/check_faults.ts";
export type {
  Fault,
  FaultAction,
  FaultDirection,
  FaultEvent,
  FaultName,
  FaultRange,
  FaultScope,
} from "../faults/fault.ts";
export type { DatagramFaults } from "../faults/datagram_passages.ts";
export {
  type DatagramFaultOptions,
  datagramFaults,
  withDatagramFaults,
} from "../faults/with_datagram_faults.ts";
export { parseFault } from "../faults/parse_fault.ts";
export {
  DEFAULT_FAULT_SEED,
  type FaultOptions,
  type StreamFaultOptions,
  withFaults,
} from "../faults/with_faults.ts";
