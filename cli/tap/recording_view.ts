/**
 * Records what a tap passes on: what was read, in both directions, before it is
 * written to the other side.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { otherSide } from "../../lib/core.ts";
import type { RelayDirection } from "../../lib/relay/mod.ts";
import { isByFault } from "../faults/fault_text.ts";
import { errorText } from "../output/error_text.ts";
import type { Recorder } from "../recording/record/recorder.ts";
import type { TapEnd, TapStrike, TapView } from "./tap_event.ts";

/** What records one connection. */
type Record = ReturnType<Recorder["open"]>;

/** Gives everything to a recorder. */
export class RecordingView implements TapView {
  readonly #recorder: Recorder;
  readonly #target: string;
  readonly #open = new Map<number, Record>();

  constructor(recorder: Recorder, target: Address) {
    this.#recorder = recorder;
    this.#target = String(target);
  }

  /** What is recorded are reads, for which no message is looked at. */
  wants(): boolean {
    return false;
  }

  opened(connection: number, peer: Address): void {
    const text = String(peer);
    // A client at a Unix socket has no address of its own.
    const known = text === "unix:" ? undefined : text;
    this.#open.set(connection, this.#recorder.open(known, this.#target));
  }

  chunk(
    connection: number,
    direction: RelayDirection,
    bytes: Uint8Array,
  ): void {
    this.#open.get(connection)!.chunk(receiverOf(direction), bytes);
  }

  fault(strike: TapStrike): void {
    if (strike.leftOut !== undefined) return;
    this.#open.get(strike.connection)!.fault(strike);
  }

  finished(connection: number, direction: RelayDirection): void {
    this.#open.get(connection)!.end(receiverOf(direction));
  }

  closed({ connection, report, wasJoined }: TapEnd): void {
    const record = this.#open.get(connection)!;
    this.#open.delete(connection);
    const { endedBy, error, failed } = report;
    if (failed === "server" && !wasJoined) record.refused(errorText(error));
    else if (isByFault(error)) record.resetByFault();
    // The other side has noticed it.
    else if (failed !== undefined) {
      record.reset(otherSide(failed));
    }
    record.close(endedBy);
  }
}

function receiverOf(direction: RelayDirection): "server" | "client" {
  return direction === "toServer" ? "server" : "client";
}
