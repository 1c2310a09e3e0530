// An echo server of length:4 on Node's net. Prints its port.
const net = require("node:net");

const server = net.createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    const input = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    socket.cork();
    while (input.length - start >= 4) {
      const size = input.readUInt32BE(start);
      if (input.length - start - 4 < size) break;
      const header = Buffer.allocUnsafe(4);
      header.writeUInt32BE(size);
      socket.write(header);
      socket.write(input.subarray(start + 4, start + 4 + size));
      start += 4 + size;
    }
    socket.uncork();
    rest = input.subarray(start);
  });
});
server.listen(
  0,
  "127.0.0.1",
  () => process.stdout.write(`${server.address().port}\n`),
);
