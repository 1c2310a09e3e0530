/**
 * Decides what happens to the bytes of one direction of one connection.
 *
 * ```text
 *   push ─► frames ─► drop ─► duplicate ─► ... ─► split ─► rate ─► steps
 *           (only if a fault needs messages)
 * ```
 *
 * It never waits and never looks at a clock. All it decides, it decides by the place
 * of a byte or the number of a message, so the same bytes with the same seed give the
 * same steps, however they were cut and whenever they came. Where no fault needs
 * messages only the cuts between steps, and the number of delayed chunks, are the
 * network's.
 *
 * @module
 */

import type { Framing } from "../../framing/framing.ts";
import { type Fault, type FaultDirection, needsMessages } from "../fault.ts";
import { drawsOf } from "../../random.ts";
import { FAULTS } from "../fault_names.ts";
import { Frames } from "./frames.ts";
import { stageOf, type StruckFault } from "./stage_of.ts";
import type { Emit, Stage, Step } from "./step.ts";

/** What a plan is for. */
export interface PlanOptions {
  /** All faults; those of other directions and connections are left out. */
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** The connection's number, from 1. */
  readonly connection: number;
  readonly direction: FaultDirection;
  /**
   * How messages end; `"datagrams"` if each call of `push` is one. Without messages
   * it is `undefined`.
   */
  readonly framing: Framing | "datagrams" | undefined;
  readonly maxMessageBytes?: number | undefined;
  /** Whether the connection can really be reset. */
  readonly canReset?: boolean | undefined;
  /** Stands for the conversation, for framings whose directions know each other. */
  readonly conversation?: object | undefined;
}

// The order of the table, whatever the order on the command line: those of messages
// come first, so that they see whole ones.
const ORDER = Object.keys(FAULTS);

/** Decides for one direction of one connection. */
export class Plan {
  /** Whether anything can strike. */
  readonly isEmpty: boolean;
  readonly #stages: readonly Stage[];
  readonly #frames: Frames | undefined;
  readonly #hasMessages: boolean;
  #begun = false;
  #offset = 0;
  #messages = 0;

  constructor(options: PlanOptions) {
    const { conversation, direction, framing, maxMessageBytes } = options;
    const faults = faultsOf(options);
    this.#stages = faults.map(([fault, index]) =>
      stageOf(fault, index, options)
    );
    this.isEmpty = faults.length === 0;
    // Delays and faults of messages wait for whole ones. The others need not: text
    // without the end of a line is not held back for them.
    const isByMessage = faults.some(([fault]) =>
      needsMessages(fault) || fault.name === "delay"
    );
    this.#hasMessages = framing === "datagrams";
    this.#frames = isByMessage && typeof framing === "object" &&
        framing.boundary !== "none"
      ? new Frames(framing, {
        ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
        connection: conversation,
        from: direction === "toServer" ? "client" : "server",
      })
      : undefined;
  }

  /** Whether a message waits for the one behind it. */
  get isHolding(): boolean {
    return this.#stages.some(({ isHolding }) => isHolding === true);
  }

  /** Begins, before the first byte. A second call does nothing. */
  begin(): Step[] {
    if (this.#begun) return [];
    this.#begun = true;
    return this.#collect((emit) => {
      this.#stages.forEach((stage, at) => {
        stage.begin?.((step) => this.#from(at + 1, step, emit));
      });
    });
  }

  /**
   * Takes bytes.
   *
   * @param bytes The bytes, which the caller does not change any more.
   */
  push(bytes: Uint8Array): Step[] {
    const steps = this.begin();
    return steps.concat(this.#collect((emit) => {
      if (this.#frames === undefined) {
        this.#take(bytes, this.#hasMessages ? bytes : undefined, emit);
      } else {
        this.#frames.push(
          bytes,
          ({ bytes, payload }) => this.#take(bytes, payload, emit),
        );
      }
    }));
  }

  /** Takes the end. */
  end(): Step[] {
    const steps = this.begin();
    return steps.concat(this.#collect((emit) => {
      this.#frames?.end(({ bytes, payload }) =>
        this.#take(bytes, payload, emit)
      );
      this.#from(0, { type: "end", delayMs: 0 }, emit);
    }));
  }

  /** Gives the messages that wait for others. */
  flush(): Step[] {
    return this.#collect((emit) => {
      this.#stages.forEach((stage, at) => {
        stage.flush?.((step) => this.#from(at + 1, step, emit));
      });
    });
  }

  #take(
    bytes: Uint8Array,
    payload: Uint8Array | undefined,
    emit: Emit,
  ): void {
    const offset = this.#offset;
    this.#offset += bytes.length;
    this.#from(0, {
      type: "bytes",
      bytes,
      offset,
      delayMs: 0,
      bytesPerSecond: Infinity,
      ...payload === undefined ? {} : { number: ++this.#messages, payload },
    }, emit);
  }

  #from(at: number, step: Step, emit: Emit): void {
    const stage = this.#stages[at];
    if (stage === undefined) emit(step);
    else stage.take(step, (next) => this.#from(at + 1, next, emit));
  }

  #collect(run: (emit: Emit) => void): Step[] {
    const steps: Step[] = [];
    run((step) => steps.push(step));
    return steps;
  }
}

/** The fault that closes a connection at once, if one does. */
export function refusal(
  faults: readonly Fault[],
  seed: number,
  connection: number,
): Fault | undefined {
  return faults.find((fault, index) =>
    fault.name === "refuse" && isChosen(fault, index, seed, connection)
  );
}

/** The faults that can strike, each with its index, in the order of the stages. */
function faultsOf(
  { connection, direction, faults, seed }: PlanOptions,
): [StruckFault, number][] {
  return faults
    .flatMap((fault, index): [StruckFault, number][] =>
      fault.name === "refuse" ? [] : [[fault, index]]
    )
    .filter(([fault, index]) =>
      (fault.direction === undefined || fault.direction === direction) &&
      isChosen(fault, index, seed, connection)
    )
    .sort(([a], [b]) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

/** Whether a fault is about a connection. */
function isChosen(
  { connections, share = 1 }: Fault,
  index: number,
  seed: number,
  connection: number,
): boolean {
  if (connections !== undefined) {
    const { first, last } = connections;
    if (connection < first || connection > last) return false;
  }
  return share >= 1 || drawsOf(seed, index, connection)() < share;
}
