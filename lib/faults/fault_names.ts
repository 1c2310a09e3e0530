/**
 * The table of faults: how each is written, and which parameters it takes.
 *
 * @module
 */

import type { FaultName } from "./fault.ts";

/** The parameters that a fault may have. */
export type FaultParameter =
  | "connection"
  | "jitter"
  | "message"
  | "share"
  | "times"
  | "when";

/** What is to be known of a fault besides what it does. */
export interface FaultForm {
  /** How it is written. */
  readonly form: string;
  /** Whether it strikes datagrams too; otherwise why it does not. */
  readonly datagrams: true | string;
  /** Its parameters besides `connection` and `share`, which all have. */
  readonly parameters: readonly FaultParameter[];
  /** Why it lacks the others, for the message that refuses them. */
  readonly lacks?: Readonly<Partial<Record<FaultParameter, string>>>;
}

const CHOSEN = ["message", "when"] as const;
const COUNTED = [...CHOSEN, "times"] as const;
const ONCE = { times: "it strikes once in each direction of a connection" };
const WHOLE_DATAGRAM = "a datagram arrives whole or not at all";
const NO_END = "datagrams have no end";

/** The faults by their names, in the order in which they are applied. */
export const FAULTS: Readonly<Record<FaultName, FaultForm>> = {
  "refuse": {
    form: "refuse",
    datagrams:
      "there is no connection to refuse; drop:100% loses all datagrams",
    parameters: [],
    lacks: {
      message: "it strikes before the first message",
      when: "it strikes before the first message",
      times: "it strikes once on a connection",
    },
  },
  "drop": {
    form: "drop:P",
    datagrams: true,
    parameters: COUNTED,
  },
  "duplicate": {
    form: "duplicate:P",
    datagrams: true,
    parameters: COUNTED,
  },
  "reorder": {
    form: "reorder:P",
    datagrams: true,
    parameters: COUNTED,
  },
  "corrupt": {
    form: "corrupt:P",
    datagrams: true,
    parameters: COUNTED,
  },
  "truncate": {
    form: "truncate:N",
    datagrams: NO_END,
    parameters: CHOSEN,
    lacks: ONCE,
  },
  "reset-after": {
    form: "reset-after:N",
    datagrams: "datagrams cannot be reset",
    parameters: CHOSEN,
    lacks: ONCE,
  },
  "stall-after": {
    form: "stall-after:N",
    datagrams: "drop:100% loses all datagrams",
    parameters: CHOSEN,
    lacks: ONCE,
  },
  "delay": {
    form: "delay:D[,jitter=D]",
    datagrams: true,
    parameters: [...COUNTED, "jitter"],
  },
  "split": {
    form: "split:N",
    datagrams: WHOLE_DATAGRAM,
    parameters: CHOSEN,
    lacks: { times: "it cuts every write" },
  },
  "rate": {
    form: "rate:SIZE/s",
    datagrams: WHOLE_DATAGRAM,
    parameters: CHOSEN,
    lacks: { times: "it bounds the rate for as long as the connection lasts" },
  },
  "slow-end": {
    form: "slow-end:D",
    datagrams: NO_END,
    parameters: [],
    lacks: {
      message: "it strikes at the end, behind all messages",
      when: "it strikes at the end, behind all messages",
      times: "it strikes once in each direction of a connection",
    },
  },
};
