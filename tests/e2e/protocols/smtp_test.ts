/**
 * Framing `smtp` against Nodemailer and its smtp-server, of npm.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromLatin1 } from "../../support/chunkings.ts";
import { conversation, serverOf } from "../../support/npm_program.ts";
import { opened } from "../../support/protocol_peers.ts";
import { wholeConversation } from "../../support/whole_packets.ts";

Deno.test("smtp: Nodemailer sends mails to its own server, in the clear and after STARTTLS", async () => {
  const [process, port] = await serverOf("smtp");
  await using _server = process;
  const { recorded, lines } = await conversation("smtp", port);
  // What it took of each mail, and the refusal of a person.
  const [one, dots, long, refused, last] = lines;
  assertEquals(refused, "550");
  const { client, server } = wholeConversation("smtp", recorded.pieces);
  const commands = client.map((message) => fromLatin1(message));
  const mails = commands.filter((text) => text.endsWith("\r\n.\r\n"));
  assertEquals(
    mails.map(takenAs).map((size) => `250 took ${size} bytes`),
    [one, dots, long, last],
  );
  const verbs = commands.filter((text) => !mails.includes(text))
    .map((text) => text.trim().split(/[ :]/)[0]);
  const mail = ["MAIL", "RCPT", "RCPT", "DATA"];
  assertEquals(verbs.filter((verb) => verb !== "RSET"), [
    ...["EHLO", ...mail, ...mail, ...mail],
    // DATA goes out behind a recipient that is refused, and is refused too.
    ...["MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA"],
    ...verbs.includes("QUIT") ? ["QUIT"] : [],
  ]);
  // Greeting, one reply for each command and each mail; EHLO's has several lines.
  const replies = server.map((message) => fromLatin1(message));
  assert(replies.every((reply) => /^(\d{3}-.*\r\n)*\d{3} .*\r\n$/.test(reply)));
  assertEquals(replies.length, 1 + commands.length);
  assertEquals(replies.filter((reply) => reply.startsWith("354")).length, 4);
  assertMatch(replies[1]!, /^250-.*\r\n250-/);

  const secret = await conversation("smtp", port, "tls");
  assertEquals(secret.lines, lines);
  const both = wholeConversation("smtp", secret.recorded.pieces);
  const clear =
    both.client.findIndex((message) => fromLatin1(message) === "STARTTLS\r\n") +
    1;
  assertEquals(clear, 2);
  for (const record of [...both.client.slice(2), ...both.server.slice(3)]) {
    assert(record[0]! >= 20 && record[0]! <= 23);
    assertEquals(record.length, 5 + record[3]! * 256 + record[4]!);
  }
});

/** How long the text of a mail is without its end and the dots that were added. */
function takenAs(mail: string): number {
  return mail.slice(0, -"\r\n.\r\n".length).replaceAll(/^\./gm, "").length +
    "\r\n".length;
}

Deno.test("smtp: connect() sends mails to smtp-server", async () => {
  const [process, port] = await serverOf("smtp");
  await using _server = process;
  await using peer = await opened(port, "smtp");
  const receive = async () => fromLatin1(await peer.receive());
  const ask = async (command: string) => {
    await peer.send(`${command}\r\n`);
    return await receive();
  };
  assertMatch(await receive(), /^220 /);
  assertMatch(await ask("EHLO me"), /^250-.*\r\n(250-.*\r\n)*250 .*\r\n$/);
  for (let i = 0; i < 20; i++) {
    assertMatch(await ask("MAIL FROM:<me@example.org>"), /^250 /);
    assertMatch(await ask("RCPT TO:<nobody@example.org>"), /^550 /);
    // Without a recipient there is no mail: what follows is a command.
    assertMatch(await ask("DATA"), /^503 /);
    assertMatch(await ask("RCPT TO:<you@example.org>"), /^250 /);
    assertMatch(await ask("DATA"), /^354 /);
    const text = "..\r\nx".repeat(i);
    assertEquals(
      await ask(`${text}\r\n.`),
      `250 took ${takenAs(`${text}\r\n.\r\n`)} bytes\r\n`,
    );
  }
  assertMatch(await ask("QUIT"), /^221 /);
});
