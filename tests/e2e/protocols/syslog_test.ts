/**
 * Framing `syslog` against rsyslog and logger, counted and in lines.
 *
 * ```text
 * logger or connect() ── recorder ──► rsyslogd ── recorder ──► serve()
 * ```
 *
 * @module
 */

import { connect, serve } from "@parley/parley";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  Peer,
  peerTest,
  portOf,
  run,
  start,
} from "../../support/protocol_peers.ts";
import { Recorder } from "../../support/recorder.ts";
import { joined, wholePackets } from "../../support/whole_packets.ts";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { freePort } from "../../support/ports.ts";

/** Sends on what comes in, as it came in. */
const config = (folder: string, input: number, output: number, form: string) =>
  `global(workDirectory="${folder}" maxMessageSize="64k"
  processInternalMessages="on"
  parser.escapeControlCharactersOnReceive="off")
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="${input}" name="here")
template(name="same" type="string" string="<%pri%>%rawmsg-after-pri%")
action(type="omfwd" target="127.0.0.1" port="${output}" protocol="tcp"
  TCP_Framing="${form}" template="same")
`;

/** Whether `logger` counts octets. */
const FORMS = { "octet-counted": true, "traditional": false } as const;
const LINE_FEED = Uint8Array.of(10);

for (const [form, counts] of Object.entries(FORMS)) {
  /** A frame in this form; our own encoder always counts. */
  const frame = (message: Uint8Array) =>
    counts
      ? joined([latin1(`${message.length} `), message])
      : joined([message, LINE_FEED]);

  await peerTest({
    name: `syslog: logger, rsyslogd and connect(), ${form}`,
    needs: ["rsyslogd", "logger"],
    async fn(folder) {
      const texts = ["one", "two words", "<3>", "5 five", "x".repeat(50_000)];
      const got = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const messages: string[] = [];
      await using sink = await serve(
        "tcp://127.0.0.1:0",
        { framing: "syslog" },
        async (connection) => {
          for await (const message of connection) {
            const text = fromLatin1(message);
            // rsyslogd's own first words: its input listens by now.
            if (text.includes("[origin software=")) begun.resolve();
            else messages.push(text);
            if (text.includes("the last one")) got.resolve();
          }
        },
      );
      await using toSink = new Recorder({ port: portOf(sink) });
      const port = freePort();
      const path = `${folder}/rsyslog.conf`;
      await Deno.writeTextFile(path, config(folder, port, toSink.port, form));
      await using toServer = new Recorder({ port });
      {
        await using server = start(
          "rsyslogd",
          ...["-n", "-f", path, "-i", `${folder}/pid`],
        );
        await begun.promise;
        for (const text of texts) {
          const { code, text: error } = await run(
            'logger --tcp --server 127.0.0.1 --port "$1" --size 60000 \\' +
              (counts ? "--octet-count " : "") + '--rfc3164 -- "$2"',
            `${toServer.port}`,
            text,
          );
          assertEquals(code, 0, error);
        }
        const connections = await toServer.over();
        assertEquals(connections.length, texts.length);
        for (const [i, { client }] of connections.entries()) {
          const [message, ...more] = wholePackets("syslog", client, { frame });
          assertEquals(more, []);
          assertMatch(fromLatin1(message!), /^<13>\w{3} [ \d]\d /);
          assert(fromLatin1(message!).endsWith(`: ${texts[i]}`));
        }
        // Ours counts, so that a message may hold a line feed.
        await using peer = new Peer(
          await connect(`tcp://127.0.0.1:${port}`, { framing: "syslog" }),
        );
        for (let i = 0; i < 200; i++) await peer.send(`<14>own: ${i}`);
        if (counts) await peer.send("<14>own: two\nlines");
        await peer.send("<14>own: the last one");
        await got.promise;
        server.signal("SIGTERM");
        await server.ended();
      }
      for (const text of texts) {
        assert(messages.some((message) => message.endsWith(`: ${text}`)), text);
      }
      assertEquals(
        messages.filter((message) => message.startsWith("<14>own: ")),
        [
          ...Array.from({ length: 200 }, (_, i) => `<14>own: ${i}`),
          ...counts ? ["<14>own: two\nlines"] : [],
          "<14>own: the last one",
        ],
      );
      // All that rsyslogd sent, its own words too.
      const sent = (await toSink.over()).flatMap(({ client }) =>
        wholePackets("syslog", client, { frame })
      ).map(fromLatin1);
      assertEquals(
        sent.filter((message) => !message.includes("[origin software=")),
        messages,
      );
    },
  });
}
