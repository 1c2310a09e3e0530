/**
 * node-hl7-server and node-hl7-client: `hl7.js server PORT` acknowledges each
 * message, `hl7.js client PORT` sends one and prints its acknowledgement.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program: what it prints is its result

import process from "node:process";
import { Client, Message } from "node-hl7-client";
import { Server } from "node-hl7-server";

const [role, port] = process.argv.slice(2);

if (role === "server") {
  const server = new Server({ bindAddress: "127.0.0.1" });
  const inbound = server.createInbound(
    { port: Number(port) },
    async (_request, response) => {
      await response.sendResponse("AA");
    },
  );
  inbound.on("listen", () => console.log("listening"));
} else {
  const client = new Client({ host: "127.0.0.1" });
  const outbound = client.createConnection(
    { port: Number(port) },
    async (response) => {
      const message = response.getMessage();
      console.log(`${message.get("MSA.1")} ${message.get("MSA.2")}`);
      await outbound.close();
    },
  );
  const message = new Message({
    messageHeader: {
      msh_9_1: "ADT",
      msh_9_2: "A01",
      msh_10: "ID0",
      msh_11_1: "D",
    },
  });
  message.addSegment("PID").set("1", "x".repeat(100_000));
  await outbound.sendMessage(message);
}
