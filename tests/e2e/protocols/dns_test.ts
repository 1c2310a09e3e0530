/**
 * Framing `dns`, DNS over TCP, against dnsmasq and dig.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { decode, encode } from "dns-packet";
import { Buffer } from "node:buffer";
import { opened, peerTest, run, start } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholePackets } from "../../support/whole_packets.ts";
import type { Process } from "../../support/processes.ts";
import { freePort } from "../../support/ports.ts";

const LONG = Array.from({ length: 20 }, (_, i) => `${i}${"x".repeat(250)}`);
// dnsmasq resets a connection after 100.
const QUESTIONS = 90;
const MANY = Array.from({ length: 200 }, (_, i) => `10.0.0.${i}`);

/** A server of a few names, which asks no other. */
async function dnsmasq(port: number): Promise<Process> {
  const server = start(
    "dnsmasq",
    ...["--no-daemon", "--conf-file=/dev/null", "--no-hosts", "--no-resolv"],
    ...["--user=", "--pid-file=", "--listen-address=127.0.0.1"],
    ...["--bind-interfaces", `--port=${port}`, "--log-facility=-"],
    "--address=/one.test/192.0.2.1",
    `--txt-record=long.test,${LONG.join(",")}`,
    ...MANY.map((address) => `--host-record=many.test,${address}`),
  );
  await server.line(/dnsmasq\S*: started/);
  return server;
}

await peerTest({
  name: "dns: dig asks dnsmasq many questions over one connection",
  needs: ["dnsmasq", "dig"],
  async fn() {
    const port = freePort();
    await using _server = await dnsmasq(port);
    await using recorder = new Recorder({ port });
    const asked = ["one.test", "long.test", "many.test", "other.one.test"];
    const { code, text } = await run(
      'port=$1; shift; dig @127.0.0.1 -p "$port" +tcp +keepopen +tries=1 -t ANY "$@"',
      `${recorder.port}`,
      ...asked,
    );
    assertEquals(code, 0, text);

    const connections = await recorder.over();
    assertEquals(connections.length, 1);
    const questions = wholePackets("dns", connections[0]!.client).map(parsed);
    const answers = wholePackets("dns", connections[0]!.server).map(parsed);
    assertEquals(questions.map(nameOf), asked);
    assertEquals(answers.map(nameOf), asked);
    assertEquals(answers.map(({ id }) => id), questions.map(({ id }) => id));
    assert(connections[0]!.server.some(({ length }) => length > 5000));
  },
});

await peerTest({
  name: "dns: connect() asks dnsmasq many questions at once",
  needs: ["dnsmasq"],
  async fn() {
    const port = freePort();
    await using _server = await dnsmasq(port);
    await using peer = await opened(port, "dns");
    const names = ["one.test", "long.test", "many.test"] as const;
    for (let id = 0; id < QUESTIONS; id++) {
      const name = names[id % 3]!;
      const type = name === "long.test" ? "TXT" : "A";
      void peer.send(encode({ id, questions: [{ name, type }] }));
    }
    for (let count = 0; count < QUESTIONS; count++) {
      const { id, questions, answers } = parsed(await peer.receive());
      assertEquals(id, count);
      assertEquals(questions[0]?.name, names[id % 3]);
      const data = answers.flatMap(({ data }) => data).map(String);
      if (id % 3 === 0) assertEquals(data, ["192.0.2.1"]);
      if (id % 3 === 1) assertEquals(data, LONG);
      if (id % 3 === 2) assertEquals(data.toSorted(), MANY.toSorted());
    }
  },
});

interface Parsed {
  readonly id: number;
  readonly questions: readonly { readonly name: string }[];
  readonly answers: readonly { readonly data: unknown }[];
}

/** Read by another implementation, which must need all of the bytes. */
function parsed(message: Uint8Array): Parsed {
  const packet: Parsed = decode(Buffer.from(message));
  assertEquals((decode as { bytes?: number }).bytes, message.length);
  return packet;
}

const nameOf = ({ questions }: Parsed) => questions[0]?.name;
