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
  /** What it does, in a few words. */
  readonly summary: string;
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
    summary: "closes the connection at once",
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
    summary: "loses whole messages",
    datagrams: true,
    parameters: COUNTED,
  },
  "duplicate": {
    form: "duplicate:P",
    summary: "sends messages twice",
    datagrams: true,
    parameters: COUNTED,
  },
  "reorder": {
    form: "reorder:P",
    summary: "sends a message after the one that follows it",
    datagrams: true,
    parameters: COUNTED,
  },
  "corrupt": {
    form: "corrupt:P",
    summary: "flips one bit in this share of the bytes",
    datagrams: true,
    parameters: COUNTED,
  },
  "truncate": {
    form: "truncate:N",
    summary: "drops what comes after N bytes and passes on the end",
    datagrams: NO_END,
    parameters: CHOSEN,
    lacks: ONCE,
  },
  "reset-after": {
    form: "reset-after:N",
    summary: "resets both sides after N bytes",
    datagrams: "datagrams cannot be reset",
    parameters: CHOSEN,
    lacks: ONCE,
  },
  "stall-after": {
    form: "stall-after:N",
    summary: "passes nothing more on after N bytes",
    datagrams: "drop:100% loses all datagrams",
    parameters: CHOSEN,
    lacks: ONCE,
  },
  "delay": {
    form: "delay:D[,jitter=D]",
    summary: "passes each message on later",
    datagrams: true,
    parameters: [...COUNTED, "jitter"],
  },
  "split": {
    form: "split:N",
    summary: "writes at most N bytes at once",
    datagrams: WHOLE_DATAGRAM,
    parameters: CHOSEN,
    lacks: { times: "it cuts every write" },
  },
  "rate": {
    form: "rate:SIZE/s",
    summary: "passes at most so many bytes a second on",
    datagrams: WHOLE_DATAGRAM,
    parameters: CHOSEN,
    lacks: { times: "it bounds the rate for as long as the connection lasts" },
  },
  "slow-end": {
    form: "slow-end:D",
    summary: "passes the end of a direction on later",
    datagrams: NO_END,
    parameters: [],
    lacks: {
      message: "it strikes at the end, behind all messages",
      when: "it strikes at the end, behind all messages",
      times: "it strikes once in each direction of a connection",
    },
  },
};
