/**
 * What the live page can ask for of what a tap has seen.
 *
 * @module
 */

import { ProtocolError } from "@parley/parley";
import { assertEquals } from "@std/assert";
import { FrameRing } from "../../../cli/tap/page/frame_ring.ts";
import { PageView } from "../../../cli/tap/page/page_view.ts";

Deno.test("PageView keeps the bytes of a bad frame, with the parts that are known", () => {
  const ring = new FrameRing();
  const framing = { toServer: "netstring", toClient: "netstring" };
  const view = new PageView(ring, framing, () => new Date(0));
  const firstBytes = new TextEncoder().encode("5:ab");
  const details = { firstBytes, messageNumber: 1, streamOffset: 0 };
  view.error({
    at: new Date(0),
    connection: 1,
    direction: "toServer",
    number: 1,
    isRaw: true,
    error: new ProtocolError("truncated", { reason: "cut off" }, details),
  });
  const event = ring.event(1)!;
  assertEquals(event.kind === "error" && event.frameBytes, 4);
  const { bytes, explain } = ring.frame(1)!;
  assertEquals(bytes, firstBytes);
  assertEquals(explain().map(({ text }) => text), [
    "length 5",
    "colon",
    "payload, 2 of 5 bytes",
  ]);
});

Deno.test("PageView marks a strike of a fault in its direction", () => {
  const ring = new FrameRing();
  const framing = { toServer: "line", toClient: "line" };
  const view = new PageView(ring, framing, () => new Date(0));
  const strike = { at: new Date(0), connection: 1, fault: "drop:10%" };
  view.fault({
    ...strike,
    name: "drop",
    direction: "toClient",
    message: 3,
    offset: 20,
  });
  view.fault({ ...strike, fault: "refuse", name: "refuse" });
  const at = "1970-01-01T00:00:00.000Z";
  assertEquals([ring.event(1), ring.event(2)], [
    {
      kind: "fault",
      connection: 1,
      to: "client",
      at,
      text: "fault drop:10% at message 3",
    },
    { kind: "fault", connection: 1, at, text: "fault refuse" },
  ]);
});
