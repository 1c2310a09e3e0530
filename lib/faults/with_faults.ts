/**
 * Puts faults onto a connection.
 *
 * @module
 */

import { checkInteger } from "../check.ts";
import type { Framing, Side } from "../framing/framing.ts";
import { parseFraming } from "../framing/parse.ts";
import { SYSTEM_TIME, type Time } from "../time/time.ts";
import type { Connection } from "../transport/connection.ts";
import { isSpoken } from "../transport/spoken_framing.ts";
import {
  directionFrom,
  type Fault,
  type FaultDirection,
  type FaultEvent,
} from "./fault.ts";
import { checkFaults } from "./check_faults.ts";
import { FaultyConnection } from "./faulty_connection.ts";
import { parseFault } from "./parse_fault.ts";
import { Passage } from "./passage.ts";
import { Plan, refusal } from "./plan/plan.ts";
import { RefusedConnection } from "./refused_connection.ts";

/** The default of {@linkcode FaultOptions.seed}. */
export const DEFAULT_FAULT_SEED: number = 1;

/** Options that streams and datagrams share. */
export interface FaultOptions {
  /**
   * The connection's number, from 1, for faults of some connections only. Each number
   * has random numbers of its own.
   *
   * @default {1}
   */
  readonly connection?: number;
  /**
   * Decides all that is random, 0 to 2^32-1.
   *
   * @default {1}
   */
  readonly seed?: number;
  /**
   * The side that this program is: a server's writes go to the client.
   *
   * @default {"client"}
   */
  readonly side?: Side;
  /**
   * The only direction that is struck. A program between two connections, which reads
   * one direction from each, leaves the other direction as it is. `refuse` goes with
   * `"toServer"`.
   *
   * @default {both}
   */
  readonly only?: FaultDirection | undefined;
  /** Called with each strike, before the bytes that it strikes are read or written. */
  readonly onStrike?: ((event: FaultEvent) => void) | undefined;
}

/** Options for {@linkcode withFaults}. */
export interface StreamFaultOptions extends FaultOptions {
  /**
   * Where messages end, for the faults of messages. What the connection has agreed on,
   * as WebSocket does, comes first.
   *
   * @default {bytes without messages}
   */
  readonly framing?: Framing | string | undefined;
  /**
   * Largest message in bytes. Behind a larger one, or one that breaks the framing,
   * bytes pass without the faults of messages.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Any object that stands for the conversation, the same one for both connections of
   * a program between two, for framings whose two directions know each other.
   *
   * @default {the connection}
   */
  readonly conversation?: object | undefined;
}

/**
 * Puts faults onto a connection: it is then slow, cut, corrupt, reset or otherwise
 * broken as they say, in what it reads and in what it writes.
 *
 * The same seed gives the same bytes: everything is decided by the place of a byte in
 * its direction or by the number of a message, never by a clock or by how the bytes
 * came. At most 1 MiB waits in each direction, then its sender waits.
 *
 * @param connection The connection, with its handshake done. What is returned owns it.
 * @param faults What happens, as objects or as `parseFault` reads them. The order
 * only decides which random numbers each one draws.
 * @param options The seed, the connection's number, where messages end.
 * @returns The connection with faults. `close()` lets what is still delayed go out,
 * then closes; `abort()` does not.
 * @throws {TypeError} If a fault is invalid, or needs messages and there is no framing.
 * @throws {RangeError} If a number is out of its range.
 *
 * @example A third message that never arrives
 * ```ts
 * import { memoryPair, withFaults } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const [near, far] = memoryPair();
 * const strikes: unknown[] = [];
 * const faulty = withFaults(near, ["drop:100%,message=3"], {
 *   framing: "line",
 *   onStrike: ({ fault, message }) => strikes.push([fault, message]),
 * });
 * await faulty.write(new TextEncoder().encode("a\nb\nc\nd\n"));
 * await faulty.closeWrite();
 *
 * let received = "";
 * const into = new Uint8Array(100);
 * for (let n = await far.read(into); n !== null; n = await far.read(into)) {
 *   received += new TextDecoder().decode(into.subarray(0, n));
 * }
 * assertEquals(received, "a\nb\nd\n");
 * assertEquals(strikes, [["drop:100%,message=3", 3]]);
 * faulty.close();
 * far.close();
 * ```
 */
export function withFaults(
  connection: Connection,
  faults: readonly (Fault | string)[],
  options: StreamFaultOptions = {},
): Connection {
  return faulty(connection, faults, options, SYSTEM_TIME);
}

/** As {@linkcode withFaults}, with a time of its own. */
export function faulty(
  connection: Connection,
  faults: readonly (Fault | string)[],
  options: StreamFaultOptions,
  time: Time,
): Connection {
  const { connection: number, seed } = checkedNumbers(options);
  const { onStrike = () => {}, only, side = "client" } = options;
  const framing = messagesOf(connection, options);
  const known = faultsOf(faults);
  checkFaults(known, framing === undefined ? "bytes" : "messages");
  const refused = refusal(known, seed, number);
  // Of two that strike one direction each, one refuses.
  if (refused !== undefined && only !== "toClient") {
    const { name, text } = refused;
    const event = { fault: text, name, connection: number };
    onStrike(event);
    return new RefusedConnection(connection, event);
  }
  const passage = (direction: FaultDirection) => {
    if (only !== undefined && only !== direction) return undefined;
    const plan = new Plan({
      faults: known,
      seed,
      connection: number,
      direction,
      framing,
      maxMessageBytes: options.maxMessageBytes,
      canReset: connection.canReset,
      conversation: options.conversation ?? connection,
    });
    return plan.isEmpty ? undefined : new Passage(plan, { onStrike, time });
  };
  const own = directionFrom(side);
  const incoming = passage(own === "toServer" ? "toClient" : "toServer");
  const outgoing = passage(own);
  return incoming === undefined && outgoing === undefined
    ? connection
    : new FaultyConnection(connection, { incoming, outgoing, time });
}

/** The faults, those that are text being read. */
export function faultsOf(faults: readonly (Fault | string)[]): Fault[] {
  return faults.map((fault) =>
    typeof fault === "string" ? parseFault(fault) : fault
  );
}

/** The numbers of the options, checked. */
export function checkedNumbers(
  { connection = 1, seed = DEFAULT_FAULT_SEED }: {
    readonly connection?: number | undefined;
    readonly seed?: number | undefined;
  },
): { readonly connection: number; readonly seed: number } {
  return {
    connection: checkInteger("connection", connection, 1),
    seed: checkInteger("seed", seed, 0, 2 ** 32 - 1),
  };
}

function messagesOf(
  connection: Connection,
  { framing }: StreamFaultOptions,
): Framing | undefined {
  const known = connection.framing ?? framing;
  if (known === undefined) return undefined;
  // A framing that speaks belongs to the channel: a second decoder would answer too.
  const found = typeof known === "string"
    ? parseFraming(known)
    : isSpoken(known)
    ? parseFraming("websocket")
    : known;
  return found.boundary === "none" ? undefined : found;
}
