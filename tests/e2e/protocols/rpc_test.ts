/**
 * Framing `rpc`, ONC RPC with record marking, against rpcbind and rpcinfo.
 *
 * rpcbind has one port and one socket, which this machine's own may use. So it
 * gets a network and a folder `/run` of its own; its socket is seen from outside.
 *
 * @module
 */

import { connect } from "@parley/parley";
import { assert, assertEquals } from "@std/assert";
import { Peer, peerTest, run, start } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholePackets } from "../../support/whole_packets.ts";
import type { Process } from "../../support/processes.ts";

/** Runs a program that finds the folder at `/run`, and no network. */
const INSIDE = 'mount --bind "$0" /run && ip link set lo up && exec "$@"';

async function rpcbind(folder: string): Promise<Process> {
  const server = start(
    "unshare",
    ...["-n", "-m", "sh", "-c", INSIDE, folder, "rpcbind", "-f", "-d"],
  );
  await server.line(/debugging enabled/);
  return server;
}

const canSeparate = (await run(
  'unshare -n -m sh -c "mount --bind /tmp /mnt && ip link set lo up"',
)).code === 0;
const unless = canSeparate
  ? undefined
  : "namespaces of networks and mounts cannot be made here";

// RFC 1833: the program of rpcbind and two of its procedures in version 3.
const PROGRAM = 100_000;
const VERSION = 3;
const NULL = 0;
const DUMP = 4;
const ROWS = ["local", "udp", "tcp", "udp6", "tcp6"];

await peerTest({
  name: "rpc: rpcinfo asks rpcbind what there is",
  needs: ["rpcbind", "rpcinfo", "unshare", "ip"],
  unless,
  async fn(folder) {
    await Deno.mkdir(`${folder}/server`);
    await Deno.mkdir(`${folder}/client`);
    await using _server = await rpcbind(`${folder}/server`);
    await using recorder = new Recorder(
      { path: `${folder}/server/rpcbind.sock` },
      `${folder}/client/rpcbind.sock`,
    );
    const { code, text } = await run(
      'exec unshare -n -m sh -c "$@"',
      ...[INSIDE, `${folder}/client`, "rpcinfo"],
    );
    assertEquals(code, 0, text);
    assert(text.includes("portmapper"), text);

    const calls: DataView[] = [];
    const replies: DataView[] = [];
    for (const { client, server } of await recorder.over()) {
      calls.push(...wholePackets("rpc", client).map(view));
      replies.push(...wholePackets("rpc", server).map(view));
    }
    // A call of version 2 of RPC, then its accepted reply with the same number.
    assert(calls.length > 0);
    assertEquals(
      replies.map((reply) => [reply.getUint32(0), reply.getUint32(4)]),
      calls.map((call) => [call.getUint32(0), 1]),
    );
    const last = calls.at(-1)!;
    assertEquals(last.getUint32(4), 0);
    assertEquals(last.getUint32(12), PROGRAM);
    assertEquals(last.getUint32(20), DUMP);
    const rows = entries(replies.at(-1)!);
    for (const row of ROWS) assert(rows.includes(row), rows.join());
    assertEquals(rows.length, text.trim().split("\n").length - 1);
  },
});

await peerTest({
  name: "rpc: connect() asks rpcbind 101 questions at once",
  needs: ["rpcbind", "unshare", "ip"],
  unless,
  async fn(folder) {
    await using _server = await rpcbind(folder);
    const address = `unix:${folder}/rpcbind.sock`;
    await using peer = new Peer(await connect(address, { framing: "rpc" }));
    for (let id = 1; id <= 100; id++) void peer.send(call(id, NULL));
    void peer.send(call(101, DUMP));
    for (let id = 1; id <= 100; id++) {
      const reply = view(await peer.receive());
      assertEquals([reply.getUint32(0), reply.byteLength], [id, 24]);
    }
    const rows = entries(view(await peer.receive()));
    for (const row of ROWS) assert(rows.includes(row), rows.join());
  },
});

/** A call without arguments and without credentials (RFC 5531, section 9). */
function call(id: number, procedure: number): Uint8Array {
  const words = [id, 0, 2, PROGRAM, VERSION, procedure, 0, 0, 0, 0];
  const bytes = view(new Uint8Array(4 * words.length));
  words.forEach((word, i) => bytes.setUint32(4 * i, word));
  return new Uint8Array(bytes.buffer);
}

/** The transports in the reply to a dump, which must have no byte more. */
function entries(reply: DataView): string[] {
  const names: string[] = [];
  let at = 24;
  const number = () => reply.getUint32((at += 4) - 4);
  const string = () => {
    const length = number();
    const from = reply.byteOffset + at;
    at += Math.ceil(length / 4) * 4;
    return new TextDecoder().decode(reply.buffer.slice(from, from + length));
  };
  while (number() === 1) {
    at += 8; // program and version
    names.push(string());
    string();
    string();
  }
  assertEquals(at, reply.byteLength);
  return names;
}

function view(bytes: Uint8Array): DataView<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return new DataView(buffer as ArrayBuffer, byteOffset, byteLength);
}
