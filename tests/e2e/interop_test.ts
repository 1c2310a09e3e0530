/**
 * Both executables against independent programs: Node's sockets with parsers
 * written by hand, which share no line with this library.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { e2e, Process } from "../support/processes.ts";

const FRAMINGS = ["length:4", "line", "header:10"];

/** The framings once more, as plainly as possible. */
const NODE_FRAMINGS = `
const net = require("node:net");
const FORMS = {
  "length:4": {
    encode(body) {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(body.length);
      return Buffer.concat([head, body]);
    },
    decode(bytes) {
      if (bytes.length < 4) return null;
      const end = 4 + bytes.readUInt32BE(0);
      return bytes.length < end ? null : [bytes.subarray(4, end), end];
    },
  },
  "line": {
    encode: (body) => Buffer.concat([body, Buffer.from("\\n")]),
    decode(bytes) {
      const at = bytes.indexOf(10);
      return at === -1 ? null : [bytes.subarray(0, at), at + 1];
    },
  },
  "header:10": {
    encode: (body) =>
      Buffer.concat([Buffer.from(String(body.length).padEnd(10)), body]),
    decode(bytes) {
      if (bytes.length < 10) return null;
      const end = 10 + parseInt(bytes.toString("latin1", 0, 10), 10);
      return bytes.length < end ? null : [bytes.subarray(10, end), end];
    },
  },
};
const { encode, decode } = FORMS[process.argv[1]];
function onMessages(socket, use) {
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let m; (m = decode(bytes)) !== null; bytes = bytes.subarray(m[1])) {
      use(m[0]);
    }
  });
}
`;

/** Sends messages a byte at a time and prints the replies. */
const NODE_CLIENT = NODE_FRAMINGS + `
const [port, ...messages] = process.argv.slice(2);
const socket = net.connect(Number(port), "127.0.0.1", async () => {
  for (const message of messages) {
    for (const byte of encode(Buffer.from(message))) {
      await new Promise((done) => socket.write(Buffer.of(byte), done));
    }
  }
  socket.end();
});
socket.setNoDelay(true);
onMessages(socket, (message) => console.log(message.toString()));
`;

/** Answers each message with itself and an exclamation mark, byte by byte. */
const NODE_SERVER = NODE_FRAMINGS + `
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.setNoDelay(true);
  let sent = Promise.resolve();
  onMessages(socket, (message) => {
    for (const byte of encode(Buffer.concat([message, Buffer.from("!")]))) {
      sent = sent.then(() =>
        new Promise((done) => socket.write(Buffer.of(byte), done))
      );
    }
  });
  socket.on("end", () => sent.then(() => socket.end()));
});
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
`;

for (const frame of FRAMINGS) {
  e2e(`the server answers a client of Node's in ${frame}`, async (run) => {
    await using server = await run.server("upper", "0", "--frame", frame);
    await using node = new Process("node", [
      ...["-e", NODE_CLIENT, frame, `${server.port}`, "hello", "größer 🌮"],
    ]);
    const { code, stdout, stderr } = await node.ended();
    assertEquals([code, stdout, stderr], [0, "HELLO\nGRÖSSER 🌮\n", ""]);
  });

  e2e(`the client talks to a server of Node's in ${frame}`, async (run) => {
    await using node = new Process("node", ["-e", NODE_SERVER, frame]);
    const [, port] = await node.outputLine(/^port (\d+)$/);
    const ended = await run.client(port!, "hello", "🌮", "--frame", frame);
    assertEquals(ended, { code: 0, stdout: "hello!\n🌮!\n", stderr: "" });
  });
}
