/**
 * bitcoin-protocol: `bitcoin.js server PORT` answers each message with one,
 * `bitcoin.js client PORT` sends messages and prints what it got.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { Buffer } from "node:buffer";
import { connect, createServer } from "node:net";
import process from "node:process";
import { createDecodeStream, createEncodeStream } from "bitcoin-protocol";

const [role, port] = process.argv.slice(2);
const HOST = "127.0.0.1";
// The main network.
const MAGIC = { magic: 0xd9b4bef9 };

const hash = (byte) => Buffer.alloc(32, byte);
const address = { services: Buffer.alloc(8), address: HOST, port: 8333 };
const version = (userAgent) => ({
  version: 70_015,
  services: Buffer.alloc(8),
  timestamp: 1_700_000_000,
  receiverAddress: address,
  senderAddress: address,
  nonce: Buffer.alloc(8, userAgent),
  userAgent,
  startHeight: 0,
  relay: true,
});
const header = (_, i) => ({
  header: {
    version: 1,
    prevHash: hash(i),
    merkleRoot: hash(i + 1),
    timestamp: i,
    bits: 0x1d00ffff,
    nonce: i,
  },
  numTransactions: 0,
});

/** The answer to a message: its command and its payload. */
const ANSWERS = {
  version: () => ["version", version("/server/")],
  verack: () => ["verack", {}],
  ping: ({ nonce }) => ["pong", { nonce }],
  getheaders: () => ["headers", Array.from({ length: 300 }, header)],
  getdata: (wanted) => ["notfound", wanted],
};

const QUESTIONS = [
  ["version", version("/client/")],
  ["verack", {}],
  ["getheaders", { version: 70_015, locator: [hash(9)], hashStop: hash(0) }],
  [
    "getdata",
    Array.from({ length: 40 }, (_, i) => ({ type: 1, hash: hash(i) })),
  ],
  ...Array.from(
    { length: 40 },
    (_, i) => ["ping", { nonce: Buffer.alloc(8, i + 1) }],
  ),
];

/** Reads messages from a socket, and gives a function that sends them. */
function talk(socket, onMessage) {
  const encoder = createEncodeStream(MAGIC);
  encoder.pipe(socket);
  // The decoder verifies the checksum; an error of it ends the program.
  socket.pipe(createDecodeStream(MAGIC)).on("data", onMessage);
  return ([command, payload]) => encoder.write({ command, payload });
}

if (role === "server") {
  const server = createServer((socket) => {
    const send = talk(
      socket,
      ({ command, payload }) => send(ANSWERS[command](payload)),
    );
  });
  server.listen(Number(port), HOST, () => console.log("listening"));
} else {
  const socket = connect(Number(port), HOST);
  let count = 0;
  const send = talk(socket, ({ command, payload }) => {
    console.log(command, payload.nonce?.toString("hex") ?? payload.length);
    if (++count === QUESTIONS.length) socket.end();
  });
  QUESTIONS.forEach(send);
}
