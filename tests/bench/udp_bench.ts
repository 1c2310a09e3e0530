/**
 * UDP over loopback: sending, receiving and asking, against the plain calls of
 * the runtime in the same run.
 *
 * What is received was sent before the clock starts, in bursts that the system's
 * queue holds for certain.
 */

import { Address } from "../../mod.ts";
import { bindUdp } from "../../lib/session/datagrams/mod.ts";

const BURST = 50;
const LOOPBACK = {
  transport: "udp",
  hostname: "127.0.0.1",
  port: 0,
} as const;

const conn = Deno.listenDatagram(LOOPBACK);
const socket = bindUdp("udp://127.0.0.1:0");
const texts = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
const sink = bindUdp("udp://127.0.0.1:0"); // never read
const buffer = new Uint8Array(65_536);
const utf8 = new TextDecoder("utf-8", { fatal: true });

async function fill(to: Deno.Addr, bytes: Uint8Array): Promise<void> {
  for (let i = 0; i < BURST; i++) await conn.send(bytes, to);
}

function portOf({ address }: { readonly address: Address }): Deno.NetAddr {
  return { ...LOOPBACK, port: address.port };
}

let kept: unknown;

/** Who gets a datagram wants to know from whom, which the runtime makes dear. */
function keep(message: unknown, { hostname, port }: Deno.NetAddr): void {
  kept = { message, hostname, port };
}

for (const size of [64, 1_200]) {
  const bytes = new Uint8Array(size).fill(97);
  const sent = `send: ${BURST} datagrams of ${size} B, each awaited`;
  const received = `receive: ${BURST} datagrams of ${size} B`;
  const { port } = sink.address;

  Deno.bench({
    name: "Deno.DatagramConn.send",
    group: sent,
    baseline: true,
  }, async () => {
    for (let i = 0; i < BURST; i++) {
      await conn.send(bytes, { ...LOOPBACK, port });
    }
  });

  Deno.bench({ name: "DatagramSocket.send", group: sent }, async () => {
    for (let i = 0; i < BURST; i++) await socket.send(bytes, sink.address);
  });

  Deno.bench({
    name: "Deno.DatagramConn.receive into one buffer, copied out",
    group: received,
    baseline: true,
  }, async (b) => {
    await fill(conn.addr, bytes);
    b.start();
    for (let i = 0; i < BURST; i++) {
      const [message, from] = await conn.receive(buffer);
      keep(message.slice(), from as Deno.NetAddr);
    }
    b.end();
  });

  Deno.bench({
    name: "the same, but neither message nor sender are looked at",
    group: received,
  }, async (b) => {
    await fill(conn.addr, bytes);
    b.start();
    for (let i = 0; i < BURST; i++) await conn.receive(buffer);
    b.end();
  });

  Deno.bench({
    name: "for await over Deno.DatagramConn",
    group: received,
  }, async (b) => {
    await fill(conn.addr, bytes);
    let count = 0;
    b.start();
    for await (const _datagram of conn) if (++count === BURST) break;
    b.end();
  });

  Deno.bench({
    name: "for await over DatagramSocket",
    group: received,
  }, async (b) => {
    await fill(portOf(socket), bytes);
    let count = 0;
    b.start();
    for await (const _datagram of socket) if (++count === BURST) break;
    b.end();
  });

  Deno.bench({
    name: "Deno.DatagramConn.receive into one buffer, decoded",
    group: `${received}, as text`,
    baseline: true,
  }, async (b) => {
    await fill(conn.addr, bytes);
    b.start();
    for (let i = 0; i < BURST; i++) {
      const [message, from] = await conn.receive(buffer);
      keep(utf8.decode(message), from as Deno.NetAddr);
    }
    b.end();
  });

  Deno.bench({
    name: "for await over DatagramSocket",
    group: `${received}, as text`,
  }, async (b) => {
    await fill(portOf(texts), bytes);
    let count = 0;
    b.start();
    for await (const _datagram of texts) if (++count === BURST) break;
    b.end();
  });
}

const echo = Deno.listenDatagram(LOOPBACK);
(async () => {
  const received = new Uint8Array(65_536);
  for (;;) {
    const [bytes, from] = await echo.receive(received);
    await echo.send(bytes, from);
  }
})();
const echoAddress = new Address(
  "udp",
  "127.0.0.1",
  (echo.addr as Deno.NetAddr).port,
);
const question = new Uint8Array(64);

Deno.bench({
  name: "Deno.DatagramConn.send and receive, with a timer",
  group: "ask and get an answer of 64 B",
  baseline: true,
}, async () => {
  const timer = setTimeout(() => conn.close(), 1_000);
  await conn.send(question, echo.addr);
  const [message, from] = await conn.receive(buffer);
  keep(message.slice(), from as Deno.NetAddr);
  clearTimeout(timer);
});

Deno.bench({
  name: "DatagramSocket.request",
  group: "ask and get an answer of 64 B",
}, async () => {
  await socket.request(question, echoAddress);
});

globalThis.addEventListener("unload", () => void kept);
