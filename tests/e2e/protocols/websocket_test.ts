/**
 * Framing `websocket` against the client and the server of the runtime.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { opened } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholeConversation } from "../../support/whole_packets.ts";

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PONG = 10;

/** Texts and bytes, with each of the three forms of a length. */
const MESSAGES = [
  ...["", "grüße 🙂", "x".repeat(125), "x".repeat(126), "x".repeat(65_535)],
  ...[new Uint8Array(65_536).fill(7), "x".repeat(300_000)],
];

function echoServer(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
  }, (request) => {
    const { response, socket } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  });
}

/** Opcode and payload of a frame, which must have no byte more. */
function frame(bytes: Uint8Array): { opcode: number; payload: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  assertEquals(bytes[0]! & 0xf0, 0x80);
  const isMasked = bytes[1]! >= 128;
  let length = bytes[1]! & 127;
  let at = 2;
  if (length === 126) [length, at] = [view.getUint16(2), 4];
  else if (length === 127) [length, at] = [Number(view.getBigUint64(2)), 10];
  const mask = isMasked ? bytes.subarray(at, at += 4) : new Uint8Array(4);
  assertEquals(bytes.length, at + length);
  const payload = bytes.slice(at).map((byte, i) => byte ^ mask[i % 4]!);
  return { opcode: bytes[0]! & 15, payload };
}

Deno.test("websocket: the runtime's client and server talk", async () => {
  await using server = echoServer();
  await using recorder = new Recorder({ port: server.addr.port });
  const socket = new WebSocket(`ws://127.0.0.1:${recorder.port}/path`);
  socket.binaryType = "arraybuffer";
  const next = () =>
    new Promise<unknown>((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
  await new Promise((resolve) => socket.onopen = resolve);
  for (const message of MESSAGES) {
    const echoed = next();
    socket.send(message);
    const data = await echoed;
    assertEquals(
      data instanceof ArrayBuffer ? new Uint8Array(data) : data,
      message,
    );
  }
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close(1000, "bye");
  await closed;

  const [recorded] = await recorder.over();
  const { client, server: sent } = wholeConversation(
    "websocket",
    recorded!.pieces,
  );
  const [request, ...asked] = client;
  const [response, ...answered] = sent;
  assertMatch(fromLatin1(request!), /^GET \/path HTTP\/1\.1\r\n[^]*\r\n\r\n$/);
  assertMatch(fromLatin1(response!), /^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
  for (const frames of [asked.map(frame), answered.map(frame)]) {
    assertEquals(frames.at(-1)!.opcode, CLOSE);
    const data = frames.filter(({ opcode }) =>
      opcode === TEXT || opcode === BINARY
    );
    assertEquals(
      data.map(({ payload }) => payload),
      MESSAGES.map((message) =>
        typeof message === "string"
          ? new TextEncoder().encode(message)
          : message
      ),
    );
  }
});

Deno.test("websocket: connect() opens a WebSocket with the runtime's server", async () => {
  await using server = echoServer();
  await using peer = await opened(server.addr.port, "websocket");
  await peer.send(
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const response = fromLatin1(await peer.receive());
  // From section 1.3 of RFC 6455.
  assert(response.includes("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), response);
  const mask = "\x01\x02\x03\x04";
  const masked = (payload: string) =>
    fromLatin1(latin1(payload).map((byte, i) => byte ^ mask.charCodeAt(i % 4)));
  for (let i = 0; i < 200; i++) {
    const payload = `hello ${i}`;
    void peer.send(
      `\x81${String.fromCharCode(128 + payload.length)}${mask}${
        masked(payload)
      }`,
    );
  }
  for (let i = 0; i < 200; i++) {
    const { opcode, payload } = frame(await peer.receive());
    assertEquals([opcode, fromLatin1(payload)], [TEXT, `hello ${i}`]);
  }
  // A ping, and a close that the server answers.
  await peer.send(`\x89\x84${mask}${masked("ping")}`);
  const pong = frame(await peer.receive());
  assertEquals([pong.opcode, fromLatin1(pong.payload)], [PONG, "ping"]);
  await peer.send(`\x88\x82${mask}${masked("\x03\xe8")}`);
  assertEquals(frame(await peer.receive()).opcode, CLOSE);
});
