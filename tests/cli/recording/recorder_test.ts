/**
 * A recorder whose file is written slowly, or not at all any more.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { connect, serve } from "@parley/parley";
import { runServer } from "../../../cli/commands.ts";
import { Log } from "../../../cli/output/log.ts";
import { beginRecording } from "../../../cli/recording/record/begin_recording.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";
import { readRecording, summaryOf } from "../../support/recordings.ts";

async function sh(script: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", ...args],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** A pipe that nothing is read from until it is asked for. */
class SlowPipe implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;
  readonly #reader: Deno.ChildProcess;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = `${folder}/pipe`;
    // Opening it lets the writer begin.
    const script = 'exec 3<"$1/pipe"; read -r go; cat <&3 >"$1/file"';
    this.#reader = new Deno.Command("sh", {
      args: ["-c", script, "sh", folder],
      stdin: "piped",
    }).spawn();
  }

  static async make(): Promise<SlowPipe> {
    const folder = await Deno.makeTempDir({ prefix: "parley-pipe-" });
    await sh('mkfifo "$1/pipe"', folder);
    return new SlowPipe(folder);
  }

  /** Reads to the end; the result is the file with what was written. */
  async read(): Promise<string> {
    await this.#reader.stdin.close();
    await this.#reader.status;
    return `${this.#folder}/file`;
  }

  /** Begins to read. */
  async go(): Promise<void> {
    const writer = this.#reader.stdin.getWriter();
    await writer.write(new TextEncoder().encode("go\n"));
    writer.releaseLock();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

const CHUNK = new Uint8Array(64 * 1024);
const NOTHING_ELSE = { quiet: false, verbose: false, format: "text" } as const;

function begin(path: string, drop: boolean, terminal = new RecordedTerminal()) {
  return beginRecording(
    { "record": path, "pcapng": undefined, "record-drop": drop },
    { by: "test" },
    terminal,
    new Log(terminal, NOTHING_ELSE),
  );
}

Deno.test("a recorder makes connections wait above 4 MiB, and loses nothing", async () => {
  await using pipe = await SlowPipe.make();
  const recording = await begin(pipe.path, false);
  let received = 0;
  await using server = await serve("tcp://127.0.0.1:0", {
    framing: "raw",
    wrap: recording.wrap("server"),
  }, async (peer) => {
    for await (const bytes of peer) received += bytes.length;
  });
  await using client = await connect(server.address, { framing: "raw" });
  // More than the queue and the system's buffers hold.
  const chunks = 400;
  const sending = client.sendAll(Array(chunks).fill(CHUNK));
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  while (recording.recorder.room() === undefined) await turn();
  // The read that is under way is recorded too, and its successor waits.
  for (let i = 0; i < 20; i++) await turn();
  const held = received;
  for (let i = 0; i < 20; i++) await turn();
  assertEquals(received, held);
  assertEquals(held < chunks * CHUNK.length / 2, true, `${held}`);
  await pipe.go();
  await sending;
  await client.close();
  await server.shutdown();
  assertEquals(await recording.recorder.end(), 0);
  const { end, events } = await readRecording(await pipe.read());
  const recorded = events.reduce(
    (sum, event) => sum + ("bytes" in event ? event.bytes.length : 0),
    0,
  );
  assertEquals([received, recorded], [chunks * CHUNK.length, received]);
  assertEquals([end.isCutOff, end.isFinished], [false, true]);
});

Deno.test("--record-drop leaves out what there is no room for, and counts it", async () => {
  await using pipe = await SlowPipe.make();
  const recording = await begin(pipe.path, true);
  const record = recording.recorder.open("tcp://192.0.2.1:1", undefined);
  const chunks = 200;
  for (let i = 0; i < chunks; i++) {
    assertEquals(record.room(), undefined);
    record.chunk("server", CHUNK);
  }
  record.close("client");
  await pipe.go();
  assertEquals(await recording.recorder.end(), 0);
  const { events } = await readRecording(await pipe.read());
  const kept = events.filter((event) => "bytes" in event).length;
  assertEquals(kept < chunks, true);
  assertEquals(summaryOf(events.slice(kept + 1)), [
    "lost",
    "close by client",
    "finish",
  ]);
  assertEquals(events.at(kept + 1), {
    t: 0,
    event: "lost",
    events: chunks - kept,
  });
  assertEquals(events.at(-1), {
    t: 0,
    event: "finish",
    events: kept + 3,
    skipped: chunks - kept,
  });
});

/** A file system of 256 KiB, if this machine lets us make one. */
const small = await Deno.makeTempDir({ prefix: "parley-small-" });
const canMount = await sh('mount -t tmpfs -o size=256k tmpfs "$1"', small);
if (canMount) await sh('umount "$1"', small);
await Deno.remove(small);
const why = canMount ? "" : " (a small file system cannot be made here)";

/** Fills the small file system with what an option writes. */
function whenFull(
  title: string,
  option: "--record" | "--pcapng",
  check: (path: string) => Promise<void>,
): void {
  const fn = async () => {
    const folder = await Deno.makeTempDir({ prefix: "parley-small-" });
    await sh('mount -t tmpfs -o size=256k tmpfs "$1"', folder);
    try {
      const file = `${folder}/file`;
      const terminal = new RecordedTerminal();
      const args = ["echo", "0", option, file, "--quiet"];
      const running = runServer(args, terminal);
      const [, address] = await terminal.until(/listening on (\S+)\n/);
      const client = await connect(address!, { encoding: "text" });
      // Until long after the file is full.
      for (let i = 0; i < 1000; i++) {
        const line = `${i} ${"x".repeat(500)}`;
        await client.send(line);
        assertEquals(await client.receive(), line);
      }
      await terminal.until(/go on\n/);
      await client.close();
      terminal.send("SIGTERM");
      assertEquals(await running, 9);
      assertMatch(
        terminal.told,
        /^listening on .*\ncannot write \S+: no space left on device; the recording stops here, the connections go on\n$/,
      );
      await check(file);
    } finally {
      await sh('umount "$1"', folder);
      await Deno.remove(folder);
    }
  };
  Deno.test({ name: title + why, ignore: !canMount, fn });
}

whenFull(
  "--record ends with a whole line when the disk is full, and connections go on",
  "--record",
  async (file) => {
    const { end, events } = await readRecording(file);
    assertEquals([end.isCutOff, end.isFinished], [false, false]);
    assertEquals(events.length > 300, true, `${events.length}`);
  },
);

whenFull(
  "--pcapng ends with a whole packet when the disk is full, and connections go on",
  "--pcapng",
  async (file) => {
    const bytes = await Deno.readFile(file);
    const view = new DataView(bytes.buffer);
    let [at, blocks] = [0, 0];
    for (; at < bytes.length; blocks++) at += view.getUint32(at + 4, true);
    assertEquals(at, bytes.length);
    assertEquals(blocks > 200, true, `${blocks}`);
  },
);
