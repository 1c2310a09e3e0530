/**
 * Nodemailer and its smtp-server: `smtp.js server PORT` takes mails,
 * `smtp.js client PORT [tls]` sends some over one connection, and prints how long
 * the texts were that the server has received.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import process from "node:process";
import nodemailer from "nodemailer";
import { SMTPServer } from "smtp-server";

const [role, port, tls] = process.argv.slice(2);

if (role === "server") {
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onRcptTo({ address }, _session, callback) {
      callback(address.startsWith("no") ? new Error("no such person") : null);
    },
    onData(stream, _session, callback) {
      let size = 0;
      stream.on("data", (chunk) => size += chunk.length);
      stream.on("end", () => callback(null, `took ${size} bytes`));
    },
  });
  server.listen(Number(port), "127.0.0.1", () => console.log("listening"));
} else {
  const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port: Number(port),
    pool: true,
    maxConnections: 1,
    ignoreTLS: tls === undefined,
    tls: { rejectUnauthorized: false },
  });
  const send = (to, text) =>
    transport.sendMail({ from: "me@example.org", to, subject: "grüße", text });
  const texts = ["one", ".\r\n..\r\n.dot\r\n\r\n.\r\n", "x\r\n".repeat(60_000)];
  for (const text of texts) {
    const { response } = await send("you@example.org, other@example.org", text);
    console.log(response);
  }
  await send("nobody@example.org", "text").catch(({ responseCode }) =>
    console.log(responseCode)
  );
  console.log((await send("you@example.org", "last")).response);
  transport.close();
}
