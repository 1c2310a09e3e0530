import { connect, MessageConnection, serve } from "@parley/parley";
import {
  FrameDecoder,
  type Framing,
  lengthPrefix,
  line,
  sequence,
} from "@parley/parley/framing";
import { decodeFrames, encodeFrames } from "@parley/parley/stream";
import { memoryPair, verifyFraming } from "@parley/parley/testing";
import { assertEquals, assertThrows } from "@std/assert";
import { sideOf } from "../../lib/framing/side.ts";
import { fromLatin1, latin1 } from "../support/chunkings.ts";

/** Lines from the client; from the server, messages after their length. */
const UNEVEN: Framing = {
  boundary: "frame",
  decoder: (options) => part(options).decoder(options),
  encoder: (options) => part(options).encoder(options),
  toString: () => "uneven",
};

function part(options: Parameters<Framing["decoder"]>[0]): Framing {
  return sideOf("uneven", options) === "client"
    ? line()
    : lengthPrefix({ bytes: 1 });
}

function decoded(framing: Framing, from: "client" | "server", bytes: string) {
  const decoder = new FrameDecoder(framing, { from });
  decoder.push(latin1(bytes));
  const messages: string[] = [];
  for (let m; (m = decoder.next()) !== undefined;) messages.push(fromLatin1(m));
  return messages;
}

Deno.test("FrameDecoder reads each direction as the side that sends it writes", () => {
  assertEquals(decoded(UNEVEN, "client", "ab\nc\n"), ["ab", "c"]);
  assertEquals(decoded(UNEVEN, "server", "\x02ab\x01c"), ["ab", "c"]);
});

Deno.test("a sequence hands the direction to each of its parts", () => {
  const framing = sequence(lengthPrefix({ bytes: 1 }), UNEVEN);
  assertEquals(decoded(framing, "client", "\x02ab" + "c\n"), ["ab", "c"]);
  assertEquals(decoded(framing, "server", "\x02ab\x01c"), ["ab", "c"]);
});

Deno.test("a framing whose directions differ is refused without a side, and with a wrong one", () => {
  for (
    const use of [
      () => new FrameDecoder(UNEVEN),
      () => decodeFrames(UNEVEN),
      () => encodeFrames(UNEVEN),
    ]
  ) {
    assertThrows(use, TypeError, 'set from to "client" or "server"');
  }
  assertThrows(
    () => new FrameDecoder(UNEVEN, { from: "peer" as never }),
    TypeError,
    'it must be "client" or "server"',
  );
});

Deno.test("connect() and serve() read what the other side writes", async () => {
  const options = { framing: UNEVEN, encoding: "text" } as const;
  const received: string[] = [];
  await using server = await serve(
    "tcp://127.0.0.1:0",
    options,
    async (peer) => {
      for await (const message of peer) {
        received.push(message);
        await peer.send(message.toUpperCase());
      }
    },
  );
  await using connection = await connect(server.address, options);
  await connection.send("hello");
  assertEquals(await connection.receive(), "HELLO");
  assertEquals(received, ["hello"]);
});

Deno.test("side turns the directions of a connection around, after useFraming() too", async () => {
  const [near, far] = memoryPair();
  await using peer = new MessageConnection(far, { framing: "raw" });
  await using messages = new MessageConnection(near, { side: "server" });
  messages.useFraming(UNEVEN);
  await messages.send(latin1("ab"));
  assertEquals(fromLatin1((await peer.receive())!), "\x02ab");
  await peer.send(latin1("cd\n"));
  assertEquals(fromLatin1((await messages.receive())!), "cd");
  assertThrows(
    () => new MessageConnection(near, { side: "peer" as never }),
    TypeError,
    'Cannot use side of "peer": it must be "client" or "server"',
  );
});

Deno.test("encodeFrames() and decodeFrames() take the side that sends", async () => {
  for (const from of ["client", "server"] as const) {
    const messages = ReadableStream.from(["ab", "c"])
      .pipeThrough(encodeFrames(UNEVEN, { encoding: "text", from }))
      .pipeThrough(decodeFrames(UNEVEN, { encoding: "text", from }));
    const received: string[] = [];
    for await (const message of messages) received.push(message);
    assertEquals(received, ["ab", "c"]);
  }
});

Deno.test("verifyFraming() verifies one direction", () => {
  const samples = ["", "a", "hello"].map(latin1);
  verifyFraming(UNEVEN, samples, { from: "client" });
  verifyFraming(UNEVEN, samples, { from: "server" });
  assertThrows(
    () => verifyFraming(UNEVEN, [latin1("a\nb")], { from: "client" }),
    Error,
    "a sample cannot be sent",
  );
});
