/**
 * npm's `ws` as both ends, for Node: `npm_ws.mjs MODULE client URL TERMS` and
 * `npm_ws.mjs MODULE server TERMS`. TERMS are the terms of compression in JSON,
 * `null` for none. See `../websocket_programs.ts` for what the two do.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import { createRequire } from "node:module";
import { Buffer } from "node:buffer";
import process from "node:process";

const [path, role, ...rest] = process.argv.slice(2);
const WebSocket = createRequire(import.meta.url)(path);

/** Resolves with what an event gives. */
function once(socket, name) {
  // An error ends the program: nothing listens for it.
  return new Promise((resolve) => {
    socket.once(name, (...values) => resolve(values));
  });
}

function compression(terms) {
  // The default leaves short messages as they are.
  return terms === null ? false : { ...terms, threshold: 0 };
}

async function opened(url, terms) {
  const socket = new WebSocket(url, ["other", "chat"], {
    perMessageDeflate: compression(terms),
  });
  await once(socket, "open");
  return socket;
}

async function closing(socket) {
  const [code, reason] = await once(socket, "close");
  return [code, reason.toString()];
}

async function client(url, terms) {
  const socket = await opened(url, terms);
  let same = 0;
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
    const text = "né or so. ".repeat(Math.ceil(size / 10)).slice(0, size);
    for (const message of [text, Buffer.alloc(size, 0xfe), text]) {
      const answer = once(socket, "message");
      socket.send(message);
      const [data, isBinary] = await answer;
      const isText = typeof message === "string";
      if (isText === !isBinary && data.equals(Buffer.from(message))) same++;
    }
  }
  const answer = once(socket, "message");
  const pong = once(socket, "pong");
  socket.send("frag", { fin: false });
  socket.ping("between");
  socket.send("", { fin: false });
  socket.send("ments", { fin: true });
  const [fragments] = await answer;
  const [ponged] = await pong;
  const closed = closing(socket);
  socket.close(4001, "enough");
  const own = await closed;

  const other = await opened(url, terms);
  const closedByPeer = closing(other);
  other.send("close");
  console.log(JSON.stringify({
    same,
    fragments: fragments.toString(),
    pong: ponged.toString(),
    closed: own,
    closedByPeer: await closedByPeer,
  }));
}

function serve(socket) {
  socket.on("message", (data, isBinary) => {
    const text = isBinary ? "" : data.toString();
    if (text === "fragments") {
      socket.send("frag", { fin: false });
      socket.ping("between");
      socket.send("", { fin: false });
      socket.send("ments", { fin: true });
    } else if (text === "close") {
      socket.close(4000, "the room is full");
    } else if (text === "later") {
      setTimeout(() => socket.send("now"), 1000);
    } else {
      socket.send(data, { binary: isBinary });
    }
  });
  socket.on("pong", (payload) => console.log(`pong ${payload}`));
  socket.on("close", (code, reason) => console.log(`closed ${code} ${reason}`));
}

if (role === "client") {
  await client(rest[0], JSON.parse(rest[1]));
} else {
  const server = new WebSocket.WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    perMessageDeflate: compression(JSON.parse(rest[0])),
    handleProtocols: (names) => names.has("chat") ? "chat" : false,
  });
  server.on("listening", () => console.log(`port ${server.address().port}`));
  server.on("connection", serve);
}
