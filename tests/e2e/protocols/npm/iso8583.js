/**
 * iso_8583: `iso8583.js server PORT` answers each request with its response,
 * `iso8583.js client PORT` sends requests and prints the responses.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { Buffer } from "node:buffer";
import { connect, createServer } from "node:net";
import process from "node:process";
import Iso8583 from "iso_8583";

const [role, port] = process.argv.slice(2);
const HOST = "127.0.0.1";

/** Encodes a message after its length, by the package. */
function encode(fields) {
  const bytes = new Iso8583(fields).getBufferMessage();
  if (Buffer.isBuffer(bytes)) return bytes;
  throw new Error(JSON.stringify(bytes));
}

/** Cuts what comes, which the package leaves to its user, and decodes it. */
function read(socket, onMessage) {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      const message = new Iso8583().getIsoJSON(rest.subarray(0, end));
      if (message.error !== undefined) throw new Error(message.error);
      rest = rest.subarray(end);
      onMessage(message);
    }
  });
}

const purchase = (number) => ({
  0: "0100",
  2: "4761739001010119",
  3: "000000",
  4: `${number * 100}`.padStart(12, "0"),
  7: "0911131411",
  11: `${number}`.padStart(6, "0"),
  12: "131411",
  13: "0911",
  14: "2212",
  18: "4111",
  22: "051",
  25: "00",
  41: "12345678",
  42: "MOTITILL_000001",
  49: "404",
  // Texts of up to 999 characters, after three digits for their size.
  48: "x".repeat(number * 20),
});
const REQUESTS = [
  { 0: "0800", 7: "0911131411", 11: "131411", 70: "001" },
  ...Array.from({ length: 40 }, (_, i) => purchase(i + 1)),
];

if (role === "server") {
  const server = createServer((socket) =>
    read(socket, (request) => {
      const type = `${request[0].slice(0, 2)}10`;
      socket.write(encode({ ...request, 0: type, 39: "00" }));
    })
  );
  server.listen(Number(port), HOST, () => console.log("listening"));
} else {
  const socket = connect(Number(port), HOST);
  let count = 0;
  read(socket, (response) => {
    const size = response[48]?.length ?? 0;
    console.log(response[0], response[11], response[39], size);
    if (++count === REQUESTS.length) socket.end();
  });
  for (const request of REQUESTS) socket.write(encode(request));
}
