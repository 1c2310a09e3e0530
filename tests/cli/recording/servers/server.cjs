/**
 * Servers that answer in upper case, correct ones and ones that mistake reads for
 * messages. Usage: node server.cjs KIND. The port is written to standard output.
 */
const net = require("node:net");

const KINDS = {
  correctLength(socket) {
    let data = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      data = Buffer.concat([data, chunk]);
      while (data.length >= 4 && data.length >= 4 + data.readUInt32BE()) {
        const end = 4 + data.readUInt32BE();
        answer(socket, data.toString("utf8", 4, end));
        data = data.subarray(end);
      }
    });
  },
  // The first chunk is taken to hold at least the whole length.
  lengthInOneChunk(socket) {
    let size;
    let body = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      if (size === undefined) {
        size = chunk.readUInt32BE();
        body = chunk.subarray(4);
      } else {
        body = Buffer.concat([body, chunk]);
      }
      if (body.length < size) return;
      answer(socket, body.toString("utf8", 0, size));
      size = undefined;
    });
  },
  // Pieces are put together as text, so characters that were cut are lost.
  textByChunk(socket) {
    let text = "";
    let size;
    socket.on("data", (chunk) => {
      if (size === undefined) {
        size = chunk.readUInt32BE();
        chunk = chunk.subarray(4);
      }
      text += chunk.toString();
      if (Buffer.byteLength(text) < size) return;
      answer(socket, text);
      size = undefined;
    });
  },
  endsAfterTheAnswer(socket) {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.endsWith("\n")) socket.end(text.toUpperCase());
    });
  },
};

function answer(socket, text) {
  const body = Buffer.from(text.toUpperCase());
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  socket.write(Buffer.concat([head, body]));
}

const server = net.createServer((socket) => {
  socket.on("error", () => socket.destroy());
  try {
    KINDS[process.argv[2]](socket);
  } catch {
    socket.destroy();
  }
});
process.on("uncaughtException", () => {});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${server.address().port}\n`);
});
