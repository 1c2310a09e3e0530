import { assertEquals } from "@std/assert";
import {
  explainFrame,
  type Framing,
  lengthPrefix,
  parseFraming,
} from "../../../lib/framing/mod.ts";
import { latin1 } from "../../support/chunkings.ts";
import {
  MOST_PARTS,
  PartList,
} from "../../../lib/framing/explain/part_list.ts";

/** The parts as `kind offset+size text`. */
function parts(
  framing: Framing | string,
  frame: string | Uint8Array,
  index?: number,
): string[] {
  return explainFrame(
    typeof framing === "string" ? parseFraming(framing) : framing,
    typeof frame === "string" ? latin1(frame) : frame,
    { index },
  ).map(({ kind, offset, size, text }) => `${kind} ${offset}+${size} ${text}`);
}

Deno.test("explainFrame() names length and payload of length framings, at every layout", () => {
  assertEquals(parts("length:4", "\0\0\0\x05hello"), [
    "length 0+4 length 5",
    "payload 4+5 payload",
  ]);
  assertEquals(parts("length:2,le,inclusive", "\x04\0hi"), [
    "length 0+2 length 4",
    "payload 2+2 payload",
  ]);
  assertEquals(parts("length:1,offset=2,strip=0,tail=1", "ab\x02hi!"), [
    "header 0+2 header",
    "length 2+1 length 2",
    "payload 3+2 payload",
    "trailer 5+1 trailer",
  ]);
  assertEquals(parts("length:2,unit=4,mask=0x0fff,strip=3", "\x40\x01abcd"), [
    "length 0+2 length 1 times 4, other bits 0x4000",
    "header 2+1 header, dropped",
    "payload 3+3 payload",
  ]);
});

Deno.test("explainFrame() says how much is here of a part that is cut off", () => {
  assertEquals(parts("length:4", "\0\0"), ["length 0+2 length, 2 of 4 bytes"]);
  assertEquals(parts("length:1", "\x05hi"), [
    "length 0+1 length 5",
    "payload 1+2 payload, 2 of 5 bytes",
  ]);
});

Deno.test("explainFrame() names what does not fit as unknown", () => {
  assertEquals(parts("length:2,inclusive", "\0\x01hi"), [
    "length 0+2 length 1",
    "unknown 2+2 does not fit the framing",
  ]);
  assertEquals(parts("line", "a\nb"), [
    "payload 0+1 payload",
    "delimiter 1+1 LF",
    "unknown 2+1 does not fit the framing",
  ]);
});

Deno.test("explainFrame() names the end of a line and a delimiter", () => {
  assertEquals(parts("line", "hi\r\n"), [
    "payload 0+2 payload",
    "delimiter 2+2 CR LF",
  ]);
  assertEquals(parts("delimiter:#*\\n", "a#*\n"), [
    "payload 0+1 payload",
    "delimiter 1+3 delimiter #*\\n",
  ]);
});

Deno.test("explainFrame() takes the place in a sequence from the number of messages before", () => {
  const framing = "fixed:4 then length:1 then line";
  assertEquals(parts(framing, "HELO").at(-1), "payload 0+4 payload");
  assertEquals(parts(framing, "\x02hi", 1)[0], "length 0+1 length 2");
  assertEquals(parts(framing, "hi\n", 2)[1], "delimiter 2+1 LF");
  assertEquals(parts(framing, "hi\n", 9)[1], "delimiter 2+1 LF");
});

Deno.test("explainFrame() finds the message in a frame whose framing has no explain", () => {
  const { explain: _, ...own } = lengthPrefix({ bytes: 1, tail: 2 });
  const inner = lengthPrefix({ bytes: 1, tail: 2 });
  const framing: Framing = {
    ...own,
    boundary: "frame",
    decoder: (options) => inner.decoder(options),
    encoder: (options) => inner.encoder(options),
    toString: () => "own",
  };
  assertEquals(parts(framing, "\x02hi!!"), [
    "header 0+1 header",
    "payload 1+2 payload",
    "trailer 3+2 trailer",
  ]);
  assertEquals(parts(framing, "\x02h"), ["unknown 0+2 frame"]);
  assertEquals(parts(framing, ""), []);
});

Deno.test("a PartList names a bounded number of parts and covers the rest with one", () => {
  const parts = new PartList(new Uint8Array(10 * MOST_PARTS));
  while (parts.rest > 0 && !parts.isFull) parts.add("escape", 1);
  const list = parts.finish();
  assertEquals(list.length, MOST_PARTS);
  assertEquals(list.at(-1), {
    kind: "unknown",
    offset: MOST_PARTS - 1,
    size: 9 * MOST_PARTS + 1,
    text: "more parts",
  });
});
