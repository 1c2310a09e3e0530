/**
 * Framing `stomp` against Stompit of npm, which gets its answers from `serve()`.
 * `amqp_test.ts` lets it talk with RabbitMQ.
 *
 * @module
 */

import { type MessageConnection, serve } from "@parley/parley";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { portOf } from "../../support/protocol_peers.ts";
import { checkStompit } from "../../support/stompit.ts";

Deno.test("stomp: stompit of npm talks with serve()", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "stomp" },
    answer,
  );
  await checkStompit(portOf(server));
});

/** A broker of one queue, whose messages go to its subscriber at once. */
async function answer(peer: MessageConnection<Uint8Array>): Promise<void> {
  let count = 0;
  for await (const frame of peer) {
    const [head, ...rest] = fromLatin1(frame).split("\n\n");
    const [command, ...headers] = head!.split("\n");
    const send = (text: string) => peer.send(latin1(text));
    if (command === "CONNECT") await send("CONNECTED\nversion:1.2\n\n\0");
    if (command === "SEND") {
      const more = headers.filter((line) => line.startsWith("content-length"));
      const head = [
        ...["MESSAGE", `message-id:${count++}`, "subscription:1"],
        ...["destination:/queue/q", ...more],
      ];
      await send([head.join("\n"), ...rest].join("\n\n"));
    }
    const receipt = headers.find((line) => line.startsWith("receipt:"));
    if (receipt !== undefined) {
      await send(`RECEIPT\nreceipt-id:${receipt.slice(8)}\n\n\0`);
    }
  }
}
