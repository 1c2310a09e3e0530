/**
 * Turns a recording into a capture, while it is read.
 *
 * @module
 */

import {
  PcapngEncoder,
  type RecordedEvent,
  type RecordingHead,
} from "../../../lib/recording/mod.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import type { Log } from "../../output/log.ts";
import { CONNECTION_BYTES, Kept } from "../read/kept.ts";
import { GrowingFile } from "../record/growing_file.ts";

const OVER: ReadonlySet<string> = new Set(["refused", "reset", "close"]);

/** A capture that is being written. */
export class Conversion {
  readonly #path: string;
  readonly #log: Log;
  readonly #kept: Kept;
  readonly #open = new Set<number>();
  #packets: PcapngEncoder | undefined;
  #file: Promise<GrowingFile> | undefined;
  #events = 0;

  /**
   * Writes nothing yet.
   *
   * @param path The capture.
   * @param from The recording, for an error.
   */
  constructor(path: string, from: string, log: Log) {
    this.#path = path;
    this.#kept = new Kept(from);
    this.#log = log;
  }

  begin(head: RecordingHead): void {
    this.#packets = new PcapngEncoder(head);
    this.#file = GrowingFile.create(
      this.#path,
      this.#packets.begin(),
      () => {},
    );
    // The next call throws it.
    this.#file.catch(() => {});
  }

  async event(event: RecordedEvent): Promise<void> {
    const file = await this.#file!;
    this.#events++;
    this.#note(event);
    const bytes = this.#packets!.encode(event);
    if (bytes.length > 0) file.add(bytes);
    await file.room();
    if (file.failure !== undefined) throw file.failure;
  }

  /** Counts the connections that are open: the encoder knows each of them. */
  #note(event: RecordedEvent): void {
    if (!("connection" in event)) return;
    const open = this.#open;
    const before = open.size;
    if ("event" in event && OVER.has(event.event)) {
      open.delete(event.connection);
    } else open.add(event.connection);
    const change = open.size - before;
    if (change === 0) return;
    this.#kept.count(change * CONNECTION_BYTES.captured, open.size);
  }

  /**
   * Ends the file.
   *
   * @throws {Failure} With code 9 if it cannot be written.
   */
  async end(): Promise<ExitCode> {
    const file = await this.#file!;
    await file.close();
    if (file.failure !== undefined) throw file.failure;
    this.#log.soon(
      { event: "converted", events: this.#events, file: this.#path },
      `${this.#path}: a capture of ${this.#events} events`,
    );
    return EXIT.done;
  }
}
