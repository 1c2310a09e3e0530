/**
 * node-smpp: `smpp.js server PORT` takes messages, `smpp.js client PORT` sends
 * some and prints the answers.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import process from "node:process";
import smpp from "smpp";

const [role, port] = process.argv.slice(2);

if (role === "server") {
  const server = smpp.createServer((session) => {
    session.on("bind_transceiver", (pdu) => session.send(pdu.response()));
    session.on("enquire_link", (pdu) => session.send(pdu.response()));
    session.on("unbind", (pdu) => session.send(pdu.response()));
    session.on("submit_sm", (pdu) => {
      const { message } = pdu.short_message;
      session.send(pdu.response({ message_id: `${message.length}` }));
    });
  });
  server.listen(Number(port), "127.0.0.1", () => console.log("listening"));
} else {
  const session = smpp.connect({ host: "127.0.0.1", port: Number(port) });
  await new Promise((resolve) => session.once("connect", resolve));
  const ask = (command, fields) =>
    new Promise((resolve) => session[command](fields, resolve));
  await ask("bind_transceiver", { system_id: "me", password: "secret" });
  const ids = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      ask("submit_sm", {
        destination_addr: "1234",
        short_message: "x".repeat(i),
      })),
  );
  console.log(JSON.stringify(ids.map(({ message_id }) => message_id)));
  await ask("unbind", {});
  session.close();
}
