/**
 * Framings `9p`, `bgp`, `irc` and `tls` against services of Debian.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromLatin1 } from "../../support/chunkings.ts";
import {
  listening,
  opened,
  peerTest,
  run,
  start,
} from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { wholeConversation } from "../../support/whole_packets.ts";
import { freePort } from "../../support/ports.ts";

// Types of 9P2000.L: an answer is one more than its question.
const VERSION = 100;
const CLUNK = 120;
const READ = 116;
const ERROR = 7;

await peerTest({
  name:
    "9p: diodcat reads a file from diod, and connect() asks for its version",
  needs: ["diod", "diodcat"],
  async fn(folder) {
    const port = freePort();
    await Deno.writeFile(`${folder}/file`, new Uint8Array(300_000).fill(7));
    await using _server = start(
      ...["diod", "-f", "-n", "-N", "-l", `127.0.0.1:${port}`] as const,
      ...["-e", folder, "-c", "/dev/null", "-L", "stderr"],
    );
    await listening(port);
    await using recorder = new Recorder({ port });
    const { code, text } = await run(
      'diodcat -s "127.0.0.1:$1" -a "$2" file | cmp - "$2/file"',
      ...[`${recorder.port}`, folder],
    );
    assertEquals([code, text], [0, ""]);
    for (const { pieces } of await recorder.over()) {
      const { client, server } = wholeConversation("9p", pieces);
      const asked = client.map((message) => [message[4]!, ...tag(message)]);
      // An error may answer anything.
      assertEquals(
        server.map((message, i) => [
          message[4] === ERROR ? asked[i]![0]! : message[4]! - 1,
          ...tag(message),
        ]),
        asked,
      );
      assertEquals([asked[0]![0], asked.at(-1)![0]], [VERSION, CLUNK]);
      // Each answer to a read says how much it holds.
      const reads = server.filter((message) => message[4] === READ + 1);
      const sizes = reads.map((message) => message.length - 11);
      assertEquals(sizes.reduce((a, b) => a + b, 0), 300_000);
    }

    await using peer = await opened(port, "9p");
    const version = "9P2000.L";
    await peer.send(
      `\x15\0\0\0${
        String.fromCharCode(VERSION)
      }\xff\xff\0\x20\0\0\x08\0${version}`,
    );
    const answer = await peer.receive();
    assertEquals(answer[4], VERSION + 1);
    assert(fromLatin1(answer).endsWith(`\0\x20\0\0\x08\0${version}`));
  },
});

const tag = (message: Uint8Array) => Array.from(message.subarray(5, 7));

/** A router with an address of its own, and 300 routes for the other. */
function bird(id: number, port: number, to: string): string {
  const routes = Array.from(
    { length: 300 },
    (_, i) =>
      `  route 10.${id}.${i >> 8}.${i & 255}/32 blackhole { ` +
      `bgp_community.add((6500${id}, ${i % 50})); };`,
  );
  return `log stderr all;
router id 192.0.2.${id};
protocol device {}
protocol static {
  ipv4;
${routes.join("\n")}
}
protocol bgp peer {
  local 127.0.0.1 port ${port} as 6500${id};
  ${to}
  multihop;
  strict bind yes;
  hold time 9;
  debug all;
  ipv4 { import all; export all; next hop address 192.0.2.${id}; };
}
`;
}

const OPEN = 1;
const UPDATE = 2;
const KEEPALIVE = 4;

await peerTest({
  name: "bgp: two routers of BIRD exchange their routes",
  needs: ["bird"],
  async fn(folder) {
    const [first, second] = [freePort(), freePort()];
    await using recorder = new Recorder({ port: first });
    const routerOf = async (name: string, config: string) => {
      await Deno.writeTextFile(`${folder}/${name}.conf`, config);
      return start(
        ...["bird", "-f", "-c", `${folder}/${name}.conf`] as const,
        ...["-s", `${folder}/${name}.ctl`, "-P", `${folder}/${name}.pid`],
      );
    };
    {
      await using passive = await routerOf(
        "passive",
        bird(1, first, "neighbor 127.0.0.1 as 65002; passive yes;"),
      );
      await using active = await routerOf(
        "active",
        bird(
          ...[2, second] as const,
          `neighbor 127.0.0.1 port ${recorder.port} as 65001; connect delay time 1;`,
        ),
      );
      for (const router of [passive, active]) {
        await router.line(/Got END-OF-RIB/);
        router.signal("SIGTERM");
      }
      for (const router of [passive, active]) await router.ended();
    }
    // A connection that came too early has nothing in it.
    const connections = (await recorder.over())
      .filter(({ pieces }) => pieces.length > 0);
    assertEquals(connections.length, 1);
    const { client, server } = wholeConversation("bgp", connections[0]!.pieces);
    for (const messages of [client, server]) {
      for (const message of messages) {
        assertEquals(message.length, message[16]! * 256 + message[17]!);
      }
      const types = messages.map((message) => message[18]!);
      assertEquals(types.slice(0, 2), [OPEN, KEEPALIVE]);
      const updates = messages.filter((message) => message[18] === UPDATE);
      // One update for each of 50 communities, at least, and the end of all.
      assert(updates.length > 50, `${updates.length} updates`);
      assertEquals(updates.map(({ length }) => length).includes(23), true);
    }
  },
});

await peerTest({
  name: "irc: two clients talk over ngircd",
  needs: ["ngircd"],
  async fn(folder) {
    const port = freePort();
    await Deno.writeTextFile(
      `${folder}/ngircd.conf`,
      `[Global]
Name = irc.test
Info = test
Listen = 127.0.0.1
Ports = ${port}
[Options]
Ident = no
PAM = no
DNS = no
[Limits]
MaxConnectionsIP = 0
`,
    );
    await Deno.chmod(folder, 0o755);
    await using server = start("ngircd", "-n", "-f", `${folder}/ngircd.conf`);
    // It writes to standard output or to standard error, depending on its version.
    await Promise.any([
      server.line(/Server "irc.test" .* ready/),
      server.outputLine(/Server "irc.test" .* ready/),
    ]);
    await using recorder = new Recorder({ port });
    {
      await using one = await opened(recorder.port, "irc");
      await using two = await opened(recorder.port, "irc");
      const until = async (peer: typeof one, wanted: RegExp) => {
        for (;;) {
          const text = fromLatin1(await peer.receive());
          if (wanted.test(text)) return text;
        }
      };
      for (const [peer, name] of [[one, "one"], [two, "two"]] as const) {
        await peer.send(`NICK ${name}`);
        await peer.send(`USER ${name} 0 * :${name}`);
        await until(peer, /^:irc\.test 376|^:irc\.test 422/);
        await peer.send("JOIN #room");
        await until(peer, /^:irc\.test 366 /);
      }
      await one.send("PRIVMSG #room :gr\xfc\xdfe");
      assertEquals(
        (await until(two, /PRIVMSG/)).replace(/^:one!~?one@\S+/, ""),
        " PRIVMSG #room :gr\xfc\xdfe",
      );
      for (let i = 0; i < 3; i++) await two.send(`PRIVMSG one :${i}`);
      for (let i = 0; i < 3; i++) {
        assertMatch(
          await until(one, /PRIVMSG/),
          new RegExp(` PRIVMSG one :${i}$`),
        );
      }
      for (const peer of [one, two]) {
        await peer.send("QUIT :bye");
        await until(peer, /^ERROR/);
      }
    }
    for (const { pieces } of await recorder.over()) {
      const { client, server } = wholeConversation("irc", pieces);
      assert(client.length > 4 && server.length > 10);
      for (const line of [...client, ...server]) {
        assertMatch(fromLatin1(line), /^[^\r\n]+$/);
      }
    }
  },
});

// Change cipher spec, alert, handshake, application data: RFC 8446, section 5.1.
const RECORDS = [20, 21, 22, 23];
const DATA = 23;

await peerTest({
  name: "tls: the records of OpenSSL, of versions 1.2 and 1.3",
  needs: ["openssl"],
  async fn(folder) {
    const made = await run(
      'cd "$1" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \\' +
        "-nodes -subj /CN=localhost -keyout key -out crt",
      folder,
    );
    assertEquals(made.code, 0, made.text);
    for (const version of ["-tls1_2", "-tls1_3"]) {
      const port = freePort();
      await using server = start(
        ...["openssl", "s_server", "-accept", `127.0.0.1:${port}`] as const,
        ...["-cert", `${folder}/crt`, "-key", `${folder}/key`, "-rev", version],
      );
      await server.outputLine(/^ACCEPT/);
      await using recorder = new Recorder({ port });
      const { code, text } = await run(
        // The server reverses lines, and closes after this one.
        'printf "abc\\nCLOSE\\n" | ' +
          'openssl s_client -connect "127.0.0.1:$1" -quiet 2>/dev/null',
        `${recorder.port}`,
      );
      assertEquals([code, text], [0, "cba\n"]);
      const [recorded] = await recorder.over();
      const { client, server: sent } = wholeConversation(
        "tls",
        recorded!.pieces,
      );
      for (const records of [client, sent]) {
        assertEquals(records[0]![0], 22);
        assert(records.some(([type]) => type === DATA));
        for (const record of records) {
          assert(RECORDS.includes(record[0]!));
          assertEquals(record.length, 5 + record[3]! * 256 + record[4]!);
        }
      }
    }
  },
});
