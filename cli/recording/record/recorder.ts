/**
 * Records what goes over connections, as a recording, a capture or both.
 *
 * @module
 */

import { VERSION } from "../../version.ts";
import {
  encodeHead,
  EventEncoder,
  PcapngEncoder,
  type RecordedEvent,
  type RecordingHead,
} from "../../../lib/recording/mod.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import type { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { ConnectionRecord } from "./connection_record.ts";
import { GrowingFile } from "./growing_file.ts";
import type { RecordValues } from "./record_options.ts";

/** What a recording says about the program, besides the time. */
export type Recorded = Omit<RecordingHead, "at">;

/** With its version, such as `parley-server 0.1.0 echo`. */
function withVersion(name: string): string {
  const [program, ...words] = name.split(" ");
  return [program, VERSION, ...words].join(" ");
}

/** Writes events, while they happen, to the files that were asked for. */
export class Recorder {
  readonly #terminal: Pick<Terminal, "elapsedMs">;
  readonly #beginMs: number;
  readonly #drops: boolean;
  readonly #recording: GrowingFile | undefined;
  readonly #capture: GrowingFile | undefined;
  readonly #lines = new EventEncoder();
  readonly #packets: PcapngEncoder;
  #connections = 0;
  #events = 0;
  #skipped = 0;
  // Those since the last one that was written.
  #missing = 0;
  #isOver = false;

  private constructor(
    terminal: Pick<Terminal, "elapsedMs">,
    drops: boolean,
    packets: PcapngEncoder,
    files: readonly [GrowingFile | undefined, GrowingFile | undefined],
  ) {
    this.#terminal = terminal;
    this.#beginMs = terminal.elapsedMs();
    this.#drops = drops;
    this.#packets = packets;
    [this.#recording, this.#capture] = files;
  }

  /**
   * Begins to record.
   *
   * @param log For one line if a file cannot be written later.
   * @throws {Failure} With code 9 if a file cannot be written at all.
   */
  static async begin(
    options: RecordValues,
    what: Recorded,
    terminal: Pick<Terminal, "elapsedMs" | "now">,
    log: Log,
  ): Promise<Recorder> {
    const by = withVersion(what.by);
    const head = { ...what, by, at: terminal.now() };
    const packets = new PcapngEncoder(head);
    const tell = (failure: Failure) => {
      log.now(
        { event: "recording_failed", reason: failure.text },
        `${failure.text}; the recording stops here, the connections go on`,
      );
    };
    const first = new TextEncoder().encode(encodeHead(head));
    const recording = options.record === undefined
      ? undefined
      : await GrowingFile.create(options.record, first, tell);
    try {
      const capture = options.pcapng === undefined
        ? undefined
        : await GrowingFile.create(options.pcapng, packets.begin(), tell);
      const drops = options["record-drop"];
      return new Recorder(terminal, drops, packets, [recording, capture]);
    } catch (error) {
      await recording?.close();
      throw error;
    }
  }

  /**
   * Records that a connection was opened.
   *
   * @param peer The client's address, if it has one.
   * @param server The server's address.
   */
  open(peer: string | undefined, server: string | undefined): ConnectionRecord {
    const connection = ++this.#connections;
    this.#add({ t: this.#t(), connection, event: "open", peer, server });
    return new ConnectionRecord(connection, (event) => {
      this.#add({ t: this.#t(), connection, ...event });
    }, () => this.room());
  }

  /**
   * Waits while too much waits to be written.
   *
   * @returns `undefined` if more can be recorded now. The promise never rejects.
   */
  room(): Promise<void> | undefined {
    if (this.#drops) return undefined;
    return this.#recording?.room() ?? this.#capture?.room();
  }

  /**
   * Ends the recording.
   *
   * @returns 9 if not all could be written, otherwise 0. The second call waits for the
   * first.
   */
  async end(): Promise<ExitCode> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#tellMissing();
      this.#write({
        t: this.#t(),
        event: "finish",
        events: this.#events,
        skipped: this.#skipped,
      });
    }
    await this.#recording?.close();
    await this.#capture?.close();
    const failure = this.#recording?.failure ?? this.#capture?.failure;
    return failure === undefined ? EXIT.done : EXIT.local;
  }

  #t(): number {
    return (this.#terminal.elapsedMs() - this.#beginMs) / 1000;
  }

  #add(event: RecordedEvent): void {
    if (this.#isOver) return;
    const isFull = this.#recording?.isFull === true ||
      this.#capture?.isFull === true;
    if (this.#drops && isFull && "bytes" in event) {
      this.#missing++;
      this.#skipped++;
      return;
    }
    this.#tellMissing();
    this.#write(event);
    this.#events++;
  }

  #tellMissing(): void {
    if (this.#missing === 0) return;
    this.#write({ t: this.#t(), event: "lost", events: this.#missing });
    this.#missing = 0;
    this.#events++;
  }

  #write(event: RecordedEvent): void {
    this.#recording?.add(this.#lines.encode(event));
    const packets = this.#capture && this.#packets.encode(event);
    if (packets !== undefined && packets.length > 0) {
      this.#capture!.add(packets);
    }
  }
}
