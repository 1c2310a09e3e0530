/**
 * Framing `ldap` against OpenLDAP's server and clients.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  listening,
  opened,
  peerTest,
  run,
  start,
} from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholePackets } from "../../support/whole_packets.ts";
import { fromLatin1 } from "../../support/chunkings.ts";
import type { Process } from "../../support/processes.ts";
import { freePort } from "../../support/ports.ts";

const PEOPLE = 300;

/** A server with a database of its own. */
async function slapd(folder: string, port: number): Promise<Process> {
  const config = `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/pid
argsfile ${folder}/args
database mdb
maxsize 100000000
suffix dc=test
rootdn cn=admin,dc=test
rootpw secret
directory ${folder}
`;
  await Deno.writeTextFile(`${folder}/slapd.conf`, config);
  const server = start(
    "slapd",
    ...["-h", `ldap://127.0.0.1:${port}`, "-f", `${folder}/slapd.conf`],
    ...["-d", "stats"],
  );
  await server.line(/slapd starting/);
  // It says so shortly before it listens.
  await listening(port);
  return server;
}

/** The entries, one of them with a picture of 300,000 bytes. */
function ldif(): string {
  const picture = btoa("\xff\xd8\0\x30\x84".repeat(60_000));
  const people = Array.from(
    { length: PEOPLE },
    (_, i) =>
      `dn: cn=p${i},dc=test\nobjectClass: inetOrgPerson\ncn: p${i}\nsn: ${
        "s".repeat(i)
      }x\n${i === 7 ? `jpegPhoto:: ${picture}\n` : ""}\n`,
  );
  return "dn: dc=test\nobjectClass: domain\ndc: test\n\n" + people.join("");
}

/** Operations, by the tags of RFC 4511, section 4.2 and on. */
const ADD = 0x68;
const ADDED = 0x69;
const BIND = 0x60;
const BOUND = 0x61;
const UNBIND = 0x42;
const SEARCH = 0x63;
const ENTRY = 0x64;
const DONE = 0x65;

await peerTest({
  name: "ldap: ldapadd and ldapsearch talk with slapd",
  needs: ["slapd", "ldapadd", "ldapsearch"],
  async fn(folder) {
    const port = freePort();
    await using _server = await slapd(folder, port);
    await using recorder = new Recorder({ port });
    await Deno.writeTextFile(`${folder}/ldif`, ldif());
    const added = await run(
      'ldapadd -x -H "ldap://127.0.0.1:$1" -D cn=admin,dc=test -w secret -f "$2"',
      `${recorder.port}`,
      `${folder}/ldif`,
    );
    assertEquals(added.code, 0, added.text.slice(-300));
    const found = await run(
      'ldapsearch -LLL -x -H "ldap://127.0.0.1:$1" -b dc=test "(sn=*)"',
      `${recorder.port}`,
    );
    assertEquals(found.code, 0, found.text.slice(-300));
    assertEquals(found.text.match(/^dn: /gm)?.length, PEOPLE);

    const [adding, searching] = (await recorder.over()).map((recorded) => ({
      client: wholePackets("ldap", recorded.client).map(operation),
      server: wholePackets("ldap", recorded.server).map(operation),
    }));
    assertEquals(
      adding!.client.map(({ tag }) => tag),
      [BIND, ...Array(PEOPLE + 1).fill(ADD), UNBIND],
    );
    assertEquals(
      adding!.server.map(({ tag }) => tag),
      [BOUND, ...Array(PEOPLE + 1).fill(ADDED)],
    );
    assertEquals(
      adding!.server.map(({ id }) => id),
      adding!.client.slice(0, -1).map(({ id }) => id),
    );
    assert(adding!.client.some(({ size }) => size > 300_000));
    assertEquals(
      searching!.client.map(({ tag }) => tag),
      [BIND, SEARCH, UNBIND],
    );
    assertEquals(
      searching!.server.map(({ tag }) => tag),
      [BOUND, ...Array(PEOPLE).fill(ENTRY), DONE],
    );
  },
});

await peerTest({
  name: "ldap: connect() talks with slapd",
  needs: ["slapd"],
  async fn(folder) {
    const port = freePort();
    await using _server = await slapd(folder, port);
    await using peer = await opened(port, "ldap");
    // Anonymous bind, version 3.
    await peer.send("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0");
    assertEquals(operation(await peer.receive()), {
      ...{ id: 1, tag: BOUND, size: 14 },
    });
    // The root of the directory, all attributes: base, never, no limits.
    const search = "\x04\0\x0a\x01\0\x0a\x01\0\x02\x01\0\x02\x01\0\x01\x01\0" +
      "\x87\x0bobjectClass" + "\x30\0";
    for (let id = 2; id < 102; id++) {
      const body = "\x02\x01" + String.fromCharCode(id) + "\x63" +
        String.fromCharCode(search.length) + search;
      void peer.send("\x30" + String.fromCharCode(body.length) + body);
    }
    // It works on several at once: in order are the answers to one of them.
    const answers = new Map<number, number[]>();
    for (let count = 0; count < 200; count++) {
      const answer = await peer.receive();
      const { id, tag } = operation(answer);
      answers.set(id, [...answers.get(id) ?? [], tag]);
      assertEquals(
        fromLatin1(answer).includes("OpenLDAProotDSE"),
        tag === ENTRY,
      );
    }
    assertEquals(answers.size, 100);
    for (const tags of answers.values()) assertEquals(tags, [ENTRY, DONE]);
  },
});

/** Identifier and operation of an LDAP message, which must have no byte more. */
function operation(
  message: Uint8Array,
): { id: number; tag: number; size: number } {
  assertEquals(message[0], 0x30);
  const long = message[1]! >= 0x80 ? message[1]! & 0x7f : 0;
  let length = long === 0 ? message[1]! : 0;
  for (const byte of message.subarray(2, 2 + long)) {
    length = length * 256 + byte;
  }
  assertEquals(message.length, 2 + long + length);
  assertEquals(message[2 + long], 0x02);
  const bytes = message.subarray(4 + long, 4 + long + message[3 + long]!);
  const id = bytes.reduce((id, byte) => id * 256 + byte, 0);
  return { id, tag: message[4 + long + bytes.length]!, size: message.length };
}
