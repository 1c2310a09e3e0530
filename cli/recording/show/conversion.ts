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
import { GrowingFile } from "../record/growing_file.ts";

/** A capture that is being written. */
export class Conversion {
  readonly #path: string;
  readonly #log: Log;
  #packets: PcapngEncoder | undefined;
  #file: Promise<GrowingFile> | undefined;
  #events = 0;

  constructor(path: string, log: Log) {
    this.#path = path;
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
    const bytes = this.#packets!.encode(event);
    if (bytes.length > 0) file.add(bytes);
    await file.room();
    if (file.failure !== undefined) throw file.failure;
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
