import { assertStrictEquals } from "@std/assert";
import { line } from "../../../lib/framing/mod.ts";
import { framedBy } from "../../../lib/session/messages/framed_line.ts";
import { RAW, rawCalls } from "../../../lib/transport/raw_calls.ts";
import { tcpPair } from "../harness.ts";

Deno.test("framedBy() passes the runtime's own reads and writes on, as FRAME@ADDRESS needs them as much", async () => {
  const [client, server] = await tcpPair();
  const framed = framedBy(server, line());

  assertStrictEquals(RAW in server, true);
  assertStrictEquals(rawCalls(framed), rawCalls(server));
  client.close();
  server.close();
});
