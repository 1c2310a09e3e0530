/**
 * Framing `diameter` against freeDiameter.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromLatin1 } from "../../support/chunkings.ts";
import type { Process } from "../../support/processes.ts";
import { opened, peerTest, run, start } from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholePackets } from "../../support/whole_packets.ts";
import { freePort } from "../../support/ports.ts";

/** A node, which opens connections to others at their ports. */
async function node(
  folder: string,
  name: string,
  port: number,
  peers: Readonly<Record<string, number>>,
): Promise<Process> {
  // It refuses to start without a certificate of its own name.
  const made = await run(
    'cd "$1" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \\' +
      '-nodes -subj "/CN=$2.test" -keyout "$2.key" -out "$2.crt"',
    ...[folder, name],
  );
  assertEquals(made.code, 0, made.text);
  const path = `${folder}/${name}`;
  await Deno.writeTextFile(
    `${path}.conf`,
    `Identity = "${name}.test";
Realm = "test";
Port = ${port};
SecPort = 0;
No_SCTP;
No_IPv6;
ListenOn = "127.0.0.1";
TLS_Cred = "${path}.crt", "${path}.key";
TLS_CA = "${path}.crt";
` + Object.entries(peers).map(([peer, port]) =>
        `ConnectPeer = "${peer}.test" { No_TLS; No_SCTP; ConnectTo = "127.0.0.1"; Port = ${port}; };\n`
      ).join(""),
  );
  const daemon = start("freeDiameterd", "-c", `${path}.conf`);
  await Promise.any([
    daemon.line(/daemon initialized/),
    daemon.outputLine(/daemon initialized/),
  ]);
  return daemon;
}

/** Waits until a node has met another. */
async function met(node: Process, other: string): Promise<void> {
  const line = new RegExp(`STATE_OPEN'\\s+'${other}\\.test'`);
  await Promise.any([node.line(line), node.outputLine(line)]);
}

// Commands: capabilities, watchdog, disconnect (RFC 6733, section 3.1).
const CAPABILITIES = 257;
const WATCHDOG = 280;
const DISCONNECT = 282;
const SUCCESS = "\0\0\x07\xd1";

const uint24 = (n: number) =>
  String.fromCharCode(n >> 16 & 255, n >> 8 & 255, n & 255);
const uint32 = (n: number) => String.fromCharCode(n >>> 24) + uint24(n);

/** An AVP that must be understood. */
function avp(code: number, data: string): string {
  const padding = "\0".repeat((4 - data.length % 4) % 4);
  return `${uint32(code)}\x40${uint24(8 + data.length)}${data}${padding}`;
}

function request(command: number, id: number, ...avps: string[]): string {
  const origin = avp(264, "c.test") + avp(296, "test");
  const body = origin + avps.join("");
  return `\x01${uint24(20 + body.length)}\x80${uint24(command)}${uint32(0)}` +
    uint32(id) + uint32(id) + body;
}

/** Command and hop-by-hop identifier of a message, and whether it asks. */
function header(message: Uint8Array): [number, number, boolean] {
  const view = new DataView(message.buffer, message.byteOffset);
  assertEquals(view.getUint32(0) & 0xffffff, message.length);
  const isRequest = (message[4]! & 0x80) !== 0;
  return [view.getUint32(4) & 0xffffff, view.getUint32(12), isRequest];
}

await peerTest({
  name: "diameter: two nodes of freeDiameter meet, and connect() meets one",
  needs: ["freeDiameterd", "openssl"],
  async fn(folder) {
    const port = freePort();
    // At port 1 there is nothing: the others come by themselves.
    await using server = await node(folder, "a", port, { b: 1, c: 1 });
    await using recorder = new Recorder({ port });
    {
      await using client = await node(folder, "b", freePort(), {
        a: recorder.port,
      });
      // Each of them, as a node that is not there yet takes no leave.
      await Promise.all([met(server, "b"), met(client, "a")]);
      client.signal("SIGTERM");
      await client.ended();
    }
    const [recorded] = await recorder.over();
    const asked = wholePackets("diameter", recorded!.client).map(header);
    const answered = wholePackets("diameter", recorded!.server).map(header);
    for (const messages of [asked, answered]) {
      const commands = messages.map(([command]) => command);
      assertEquals(commands[0], CAPABILITIES);
      assertEquals(commands.at(-1), DISCONNECT);
    }
    const answers = answered.filter(([, , isRequest]) => !isRequest);
    const requests = asked.filter(([, , isRequest]) => isRequest);
    assertEquals(
      answers.map(([command, id]) => [command, id]),
      requests.map(([command, id]) => [command, id]),
    );

    await using peer = await opened(port, "diameter");
    const ask = (command: number, id: number, ...avps: string[]) =>
      peer.send(request(command, id, ...avps));
    await ask(
      ...[CAPABILITIES, 1] as const,
      ...[avp(257, "\0\x01\x7f\0\0\x01"), avp(266, uint32(0))],
      // A relay, without TLS.
      ...[avp(269, "test"), avp(258, "\xff\xff\xff\xff"), avp(299, uint32(0))],
    );
    const capabilities = await peer.receive();
    assertEquals(header(capabilities), [CAPABILITIES, 1, false]);
    assert(fromLatin1(capabilities).includes(avp(268, SUCCESS)));
    for (let id = 2; id < 102; id++) void ask(WATCHDOG, id);
    for (let id = 2; id < 102; id++) {
      const watched = await peer.receive();
      assertEquals(header(watched), [WATCHDOG, id, false]);
      assert(fromLatin1(watched).includes(avp(268, SUCCESS)));
    }
    await ask(DISCONNECT, 102, avp(273, uint32(0)));
    assertEquals(header(await peer.receive()), [DISCONNECT, 102, false]);
  },
});
