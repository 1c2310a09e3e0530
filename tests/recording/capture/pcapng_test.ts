/**
 * Captures are read by tshark: every checksum is good, no packet has anything for an
 * expert to say, and the streams have the recorded bytes.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { pcapng, type RecordedEvent } from "../../../lib/recording/mod.ts";

const UTF8 = new TextEncoder();
const HEAD = {
  at: new Date("2026-11-26T08:00:00.123Z"),
  by: "parley 0.1.0",
  target: "tcp://192.0.2.9:7342",
} as const;

// More than a segment holds, and an odd number of bytes.
const LARGE = new Uint8Array(200_001).map((_, i) => i * 7);

/** A connection over its whole life, between two addresses. */
function conversation(
  connection: number,
  peer: string | undefined,
): RecordedEvent[] {
  return [
    { t: 0, connection, event: "open", peer },
    { t: 0.1, connection, to: "server", bytes: UTF8.encode("hello\n") },
    { t: 0.2, connection, to: "client", bytes: LARGE },
    { t: 0.3, connection, to: "server", event: "end" },
    { t: 0.4, connection, to: "client", bytes: UTF8.encode("bye") },
    { t: 0.5, connection, event: "close" },
  ];
}

const HAS_TSHARK = await new Deno.Command("sh", {
  args: ["-c", "command -v tshark"],
  stdout: "null",
}).output().then(({ success }) => success);

function readsWith(title: string, fn: () => Promise<void>): void {
  const why = HAS_TSHARK ? "" : " (tshark is not installed)";
  Deno.test({ name: title + why, ignore: !HAS_TSHARK, fn });
}

/** What tshark says about a capture. */
async function tshark(
  events: readonly RecordedEvent[],
  head: Parameters<typeof pcapng>[0],
  ...args: string[]
): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".pcapng" });
  try {
    const blob = new Blob([...pcapng(head, events)] as BlobPart[]);
    await Deno.writeFile(path, blob.stream());
    const checks = ["tcp", "udp", "ip"].map((name) =>
      `-o ${name}.check_checksum:TRUE`
    ).join(" ");
    const { stdout, stderr, success } = await new Deno.Command("sh", {
      args: ["-c", `tshark -r ${path} ${checks} "$@"`, "sh", ...args],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(path);
  }
}

/** The bytes of a stream as tshark puts them together, by the side that sent them. */
async function streamOf(
  events: readonly RecordedEvent[],
  kind: "tcp" | "udp",
  number: number,
): Promise<{ client: string; server: string }> {
  const text = await tshark(
    events,
    HEAD,
    "-qz",
    `follow,${kind},raw,${number}`,
  );
  const lines = text.split("\n").filter((line) => /^\t?[0-9a-f]+$/.test(line));
  return {
    client: lines.filter((line) => !line.startsWith("\t")).join(""),
    server: lines.filter((line) => line.startsWith("\t"))
      .map((line) => line.slice(1)).join(""),
  };
}

readsWith(
  "pcapng() gives tshark nothing to complain about, and the same bytes",
  async () => {
    const peers = [
      "tcp://192.0.2.7:5001",
      "tcp://[2001:db8::7]:5002",
      "unix:",
      undefined,
    ];
    const events = peers.flatMap((peer, i) => conversation(i + 1, peer));
    const complaints = await tshark(
      events,
      HEAD,
      ...["-Y", '_ws.expert.severity >= "Warning" or _ws.malformed'],
      ...["-T", "fields", "-e", "_ws.expert.message"],
    );
    assertEquals(complaints, "");
    for (const i of peers.keys()) {
      assertEquals(await streamOf(events, "tcp", i), {
        client: UTF8.encode("hello\n").toHex(),
        server: LARGE.toHex() + UTF8.encode("bye").toHex(),
      });
    }
  },
);

readsWith("pcapng() has every checksum right", async () => {
  const events: RecordedEvent[] = [
    ...conversation(1, "tcp://192.0.2.7:5001"),
    ...conversation(2, "tcp://[2001:db8::7]:5002"),
    { t: 1, connection: 3, event: "open", peer: "udp://192.0.2.7:5003" },
    { t: 1, connection: 3, to: "server", bytes: UTF8.encode("odd") },
    { t: 1, connection: 4, event: "open", peer: "udp://[2001:db8::7]:5004" },
    { t: 1, connection: 4, to: "client", bytes: UTF8.encode("even") },
  ];
  const fields = ["ip", "tcp", "udp"].flatMap((name) => [
    "-e",
    `${name}.checksum.status`,
  ]);
  const text = await tshark(events, HEAD, "-T", "fields", ...fields);
  const statuses = new Set(text.split(/\s+/).filter((status) => status !== ""));
  // 1 is "good" in tshark.
  assertEquals([...statuses], ["1"]);
});

readsWith("pcapng() writes datagrams for a peer over UDP", async () => {
  const events: RecordedEvent[] = [
    { t: 1, connection: 1, event: "open", peer: "udp://192.0.2.7:5003" },
    { t: 1, connection: 1, to: "server", bytes: UTF8.encode("ask") },
    { t: 2, connection: 1, to: "client", bytes: UTF8.encode("answer") },
  ];
  assertEquals(await streamOf(events, "udp", 0), {
    client: UTF8.encode("ask").toHex(),
    server: UTF8.encode("answer").toHex(),
  });
});

readsWith(
  "pcapng() has times to the microsecond, comments, resets and refusals",
  async () => {
    const events: RecordedEvent[] = [
      { t: 0, connection: 1, event: "open", peer: "tcp://192.0.2.7:5001" },
      {
        t: 0.000001,
        connection: 1,
        to: "client",
        fault: "delay:200ms",
        message: 3,
      },
      // Of another connection, which has no fault.
      { t: 0.1, connection: 9, to: "client", bytes: Uint8Array.of(1) },
      { t: 0.2, connection: 1, to: "client", bytes: Uint8Array.of(1) },
      { t: 0.3, connection: 1, to: "client", event: "reset" },
      { t: 0.4, connection: 2, event: "refused" },
      { t: 1.000001, connection: 3, to: "server", bytes: Uint8Array.of(2) },
    ];
    const text = await tshark(
      events,
      HEAD,
      ...["-T", "fields", "-E", "separator=|"],
      ...["-e", "frame.time_epoch", "-e", "ip.src", "-e", "tcp.flags.reset"],
      ...["-e", "frame.comment"],
    );
    const lines = text.trim().split("\n");
    assertStringIncludes(
      text,
      "1795680000.323000000|192.0.2.9|0|fault: delay:200ms at message 3",
    );
    assertEquals(text.match(/fault/g)?.length, 1);
    assertStringIncludes(text, "1795680000.423000000|192.0.2.9|1|");
    assertStringIncludes(text, "1795680000.523000000|192.0.2.9|1|");
    assertEquals(lines.at(-1)!.split("|")[0], "1795680001.123001000");
  },
);
