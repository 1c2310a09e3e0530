/**
 * Framings by the names of protocols against packages on npm that encode and
 * decode their messages.
 *
 * @module
 */

import { type MessageConnection, serve } from "@parley/parley";
import { assertEquals, assertMatch } from "@std/assert";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import {
  conversation,
  npmProgram,
  serverOf,
} from "../../support/npm_program.ts";
import { opened, portOf } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { joined, wholePackets } from "../../support/whole_packets.ts";

/** What a package's own client and server said, as messages. */
interface Exchange {
  readonly asked: readonly Uint8Array[];
  /** One answer for each question. */
  readonly answered: readonly Uint8Array[];
  /** What the client printed. */
  readonly lines: readonly string[];
}

/**
 * Lets a package's client talk with its server, then `connect()` with its server
 * and its client with `serve()`, with the same messages.
 *
 * @param name The name of the framing and of the program.
 * @param fixed Takes out of a message what differs from one time to the next.
 */
async function exchange(
  name: string,
  fixed = (message: Uint8Array): Uint8Array | string => message,
): Promise<Exchange> {
  const [process, port] = await serverOf(name);
  await using _server = process;
  const { recorded, lines } = await conversation(name, port);
  const asked = wholePackets(name, recorded.client);
  const answered = wholePackets(name, recorded.server);
  assertEquals(answered.length, asked.length);

  await using peer = await opened(port, name);
  for (const question of asked) void peer.send(question);
  for (const answer of answered) {
    assertEquals(fixed(await peer.receive()), fixed(answer));
  }

  const received: Uint8Array[] = [];
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: name },
    async (connection: MessageConnection<Uint8Array>) => {
      for await (const question of connection) {
        await connection.send(answered[received.length]!);
        received.push(question.slice());
      }
    },
  );
  await using client = npmProgram(name, "client", `${portOf(server)}`);
  await client.end();
  const { code, stdout, stderr } = await client.ended();
  assertEquals(code, 0, stderr);
  assertEquals(received.map(fixed), asked.map(fixed));
  assertEquals(stdout.trimEnd().split("\n"), lines);
  return { asked, answered, lines };
}

const count = (length: number) => Array.from({ length }, (_, i) => i + 1);

Deno.test("bitcoin: both directions with bitcoin-protocol of npm, packet for packet", async () => {
  const { asked, answered, lines } = await exchange("bitcoin");
  const command = (packet: Uint8Array) =>
    fromLatin1(packet.subarray(4, 16)).replace(/\0+$/, "");
  assertEquals(asked.map(command), [
    ...["version", "verack", "getheaders", "getdata"],
    ...Array(40).fill("ping"),
  ]);
  assertEquals(answered.map(command), [
    ...["version", "verack", "headers", "notfound"],
    ...Array(40).fill("pong"),
  ]);
  // 300 headers of 81 bytes, after a count of three.
  assertEquals(answered[2]!.length, 24 + 3 + 300 * 81);
  assertEquals(lines.slice(2, 5), [
    ...["headers 300", "notfound 40", `pong ${"01".repeat(8)}`],
  ]);
});

Deno.test("iso8583: both directions with iso_8583 of npm, message for message", async () => {
  const { asked, answered, lines } = await exchange("iso8583");
  const type = (message: Uint8Array) => fromLatin1(message.subarray(0, 4));
  assertEquals(asked.map(type), ["0800", ...Array(40).fill("0100")]);
  assertEquals(answered.map(type), ["0810", ...Array(40).fill("0110")]);
  assertEquals(lines, [
    "0810 131411 00 0",
    ...count(40).map((n) => `0110 ${`${n}`.padStart(6, "0")} 00 ${n * 20}`),
  ]);
});

Deno.test("fix: both directions with fixjs of npm, message for message", async () => {
  // With | for SOH, as FIX is written on paper.
  const shown = (message: Uint8Array) =>
    fromLatin1(message).replaceAll("\x01", "|");
  // SendingTime (52) is the time, and CheckSum (10) depends on it.
  const { asked, answered, lines } = await exchange(
    "fix",
    (message) =>
      shown(message)
        .replace(/\|52=\d{8}-\d\d:\d\d:\d\d\.\d{3}\|/, "|52=time|")
        .replace(/\|10=\d{3}\|$/, "|10=sum|"),
  );
  // A is Logon, D an order, 8 its execution, and 5 Logout.
  const types = (middle: string) => ["A", ...Array(40).fill(middle), "5"];
  const type = (message: Uint8Array) =>
    /^8=FIX\.4\.2\|9=\d+\|35=(.)\|/.exec(shown(message))?.[1];
  assertEquals(asked.map(type), types("D"));
  assertEquals(answered.map(type), types("8"));
  assertEquals(lines, count(40).map((n) => `order${n} ${n} ${n * 20}`));
});

/** The size and the hash of the payloads of the frames of one stream. */
async function measured(
  frames: readonly Uint8Array[],
  stream: number,
): Promise<string> {
  const bytes = joined(
    frames.filter(([first]) => first === stream).map((f) => f.subarray(8)),
  );
  const hash = await crypto.subtle.digest("SHA-256", bytes.slice());
  return `${bytes.length} ${new Uint8Array(hash).toHex()}`;
}

Deno.test("docker: docker-modem of npm attaches to serve(), and takes its frames apart", async () => {
  const STDOUT = 1;
  const STDERR = 2;
  // Empty ones too, and one that fills several reads.
  const frames = [0, 1, 255, 256, 70_000, 300_000, ...count(200)].map(
    (size, i) => {
      const frame = new Uint8Array(8 + size).fill(i, 8);
      frame[0] = i % 3 === 0 ? STDERR : STDOUT;
      new DataView(frame.buffer).setUint32(4, size);
      return frame;
    },
  );
  const head = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n" +
    "Content-Type: application/vnd.docker.multiplexed-stream\r\nUpgrade: tcp";
  const framing = "delimiter:\\r\\n\\r\\n then docker";
  const requests: string[] = [];
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing },
    async (connection: MessageConnection<Uint8Array>) => {
      const request = await connection.receive();
      requests.push(fromLatin1(request!));
      await connection.send(latin1(head));
      for (const frame of frames) await connection.send(frame);
    },
  );
  await using recorder = new Recorder({ port: portOf(server) });
  await using client = npmProgram("docker", `${recorder.port}`);
  await client.end();
  const { code, stdout, stderr } = await client.ended();
  assertEquals(code, 0, stderr);
  assertMatch(requests.join(), /^POST \/containers\/parley\/attach\?/);
  assertEquals(stdout.trimEnd().split("\n"), [
    `stdout ${await measured(frames, STDOUT)}`,
    `stderr ${await measured(frames, STDERR)}`,
  ]);
  const [recorded] = await recorder.over();
  const packets = wholePackets(framing, recorded!.server);
  assertEquals(fromLatin1(packets[0]!), head);
  assertEquals(packets.slice(1), frames);
});
