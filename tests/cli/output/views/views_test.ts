import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { encode as encodeMsgpack, ExtData } from "@msgpack/msgpack";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { encode as encodeCbor } from "cborg";
import fc from "fast-check";
import { loadView, type View } from "../../../../cli/output/views/load_view.ts";
import {
  type ViewName,
  VIEWS,
} from "../../../../cli/output/views/format_names.ts";
import { latin1 } from "../../../support/chunkings.ts";

const views: Record<ViewName, View> = {
  msgpack: await loadView("msgpack"),
  cbor: await loadView("cbor"),
  protobuf: await loadView("protobuf"),
};

/** Bytes of hexadecimal digits, as the specifications write them. */
const hex = (digits: string) => Uint8Array.fromHex(digits.replaceAll(" ", ""));

const SHOWN: Readonly<Record<ViewName, readonly [string, string][]>> = {
  msgpack: [
    ["82 a2 69 64 07 a1 62 c4 01 ff", `{"id": 7, "b": h'ff'}`],
    ["93 c0 c3 ff", "[null, true, -1]"],
    ["cf ff ff ff ff ff ff ff ff", "18446744073709551615"],
    ["d3 80 00 00 00 00 00 00 00", "-9223372036854775808"],
    // Keys of any type, each as it is, in their order.
    ["83 a1 61 01 07 02 a1 37 03", '{"a": 1, 7: 2, "7": 3}'],
    ["81 92 01 02 c0", "{[1, 2]: null}"],
    ["c7 01 05 09", "ext 5(h'09')"],
    ["d6 ff 00 00 00 00", 'timestamp("1970-01-01T00:00:00.000Z")'],
    ["01 a1 78", '1, "x"'],
    ["a4 0a 1b c2 9b", String.raw`"\n\u001b\u009b"`],
  ],
  cbor: [
    ["a2 62 69 64 07 61 62 41 ff", `{"id": 7, "b": h'ff'}`],
    ["1b ff ff ff ff ff ff ff ff", "18446744073709551615"],
    ["3b 7f ff ff ff ff ff ff ff", "-9223372036854775808"],
    ["9f 01 82 02 03 ff", "[1, [2, 3]]"],
    ["bf 61 61 01 07 f6 ff", '{"a": 1, 7: null}'],
    ["c1 1a 51 4b 67 b0", "1(1363896240)"],
    ["d9 d9 f7 f7", "55799(undefined)"],
    ["fb 3f f8 00 00 00 00 00 00", "1.5"],
    ["f9 3c 00", "1.0"],
    ["f9 80 00", "-0.0"],
    ["f9 7c 00", "Infinity"],
    ["f9 7e 00", "NaN"],
    ["01 61 78", '1, "x"'],
  ],
  protobuf: [
    ["", "{}"],
    ["08 96 01", "{1: 150}"],
    ["12 07 74 65 73 74 69 6e 67", '{2: "testing"}'],
    ["1a 03 08 96 01", "{3: {1: 150}}"],
    ["1a 02 ff ff", "{3: h'ffff'}"],
    ["1a 00", '{3: ""}'],
    ["15 00 00 80 3f", "{2: 0x3f800000}"],
    ["19 00 00 00 00 00 00 f0 3f", "{3: 0x3ff0000000000000}"],
    ["23 08 01 24", "{4: group {1: 1}}"],
    ["08 01 08 02", "{1: 1, 1: 2}"],
    ["08 ff ff ff ff ff ff ff ff ff 01", "{1: 18446744073709551615}"],
    ["0a 05 0a 03 61 62 63", '{1: {1: "abc"}}'],
  ],
};

const REFUSED: Readonly<Record<ViewName, readonly [string, RegExp][]>> = {
  msgpack: [
    ["", /empty/],
    ["c1", /c1/i],
    ["92 01", /ends inside/],
    ["a5 68 69", /ends inside/],
    ["dd ff ff ff ff", /ends inside/],
    ["c9 ff ff ff ff 00", /ends inside/],
    ["91".repeat(101) + "01", /deeper than 100/],
    // The library makes objects, and this key is not one of theirs.
    ["81 a9 5f 5f 70 72 6f 74 6f 5f 5f 01", /__proto__/],
  ],
  cbor: [
    ["", /ends inside/],
    ["82 01", /ends inside/],
    ["65 68 69", /CBOR/],
    ["9b 00 00 00 01 00 00 00 00", /ends inside/],
    ["ff", /break/],
    ["82 01 ff", /break/],
    ["bf 01 ff", /break/],
    ["81".repeat(101) + "01", /deeper than 100/],
    ["c1".repeat(101) + "01", /deeper than 100/],
  ],
  protobuf: [
    ["08", /EOF/],
    ["08 80", /./],
    ["12 05 68 69", /./],
    ["15 00 00", /./],
    ["00", /illegal tag/],
    ["0c", /group ends as 1/],
    ["0b 08 01", /group 1 does not end/],
    ["0b".repeat(101), /deeper than 100/],
  ],
};

for (const name of VIEWS) {
  Deno.test(`--format ${name} shows values as text`, () => {
    for (const [bytes, text] of SHOWN[name]) {
      assertEquals([bytes, views[name](hex(bytes))], [bytes, text]);
    }
  });

  Deno.test(`--format ${name} shows what is something else as hexadecimal, and says why`, () => {
    for (const [bytes, reason] of REFUSED[name]) {
      const shown = views[name](hex(bytes));
      const [digits, note] = shown.split("  # not ");
      assertEquals(digits, hex(bytes).toHex());
      assertMatch(note ?? shown, reason);
    }
  });

  Deno.test(`--format ${name} gives one line without control characters for any bytes`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assertMatch(views[name](bytes), /^\P{Cc}*$/u);
      }),
      { numRuns: 3000 },
    );
  });

  Deno.test(`--format ${name} shows nothing that is cut off as if it were whole`, () => {
    const whole = WHOLE[name];
    const shown = views[name](whole);
    for (let end = 1; end < whole.length; end++) {
      const cut = views[name](whole.subarray(0, end));
      // Several values or fields may follow each other: then the rest is missing.
      if (!cut.includes("  # not ")) {
        assertEquals(shown.startsWith(cut.replace(/\}$/, "")), true, cut);
      }
    }
  });
}

const LARGE = 1 << 20;

Deno.test("views show a large message in a time that grows with its size", () => {
  const deep = latin1("\x91".repeat(LARGE));
  const announced = latin1("\xdd\x00\xff\xff\xff".repeat(LARGE / 5));
  assertMatch(views.msgpack(deep), /deeper than 100 levels$/);
  assertMatch(views.msgpack(announced), /deeper than 100 levels$/);
  assertMatch(views.cbor(latin1("\x81".repeat(LARGE))), /deeper than 100/);
  assertMatch(
    views.cbor(latin1("\x9a\x00\xff\xff\xff".repeat(LARGE / 5))),
    /deeper than 100/,
  );
  assertMatch(views.protobuf(latin1("\x0b".repeat(LARGE))), /deeper than 100/);
  // A hundred levels that might be messages, each of them to its last byte.
  let nested = latin1("\xff".repeat(LARGE - 1000));
  for (let level = 0; level < 110; level++) {
    nested = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(nested)
      .finish();
  }
  assertMatch(views.protobuf(nested), /^\{1: \{1: .*h'[0-9a-f]+'\}+$/);
});

Deno.test("what the libraries write is shown as JSON writes it", () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        tie("value"),
        { maxKeys: 5 },
      ),
    ),
  })).value;
  fc.assert(
    fc.property(value, (value) => {
      const expected = JSON.stringify(value);
      for (const name of ["msgpack", "cbor"] as const) {
        const bytes = name === "cbor"
          ? encodeCbor(value)
          : encodeMsgpack(value);
        assertEquals(
          JSON.parse(views[name](bytes)),
          JSON.parse(expected),
        );
      }
    }),
    { numRuns: 1000 },
  );
});

const WHOLE: Readonly<Record<ViewName, Uint8Array>> = {
  msgpack: encodeMsgpack([
    ...["text", 1, 300, 70_000, -1, -300, 1.5, null, true],
    ...[{ a: { b: "c" } }, Uint8Array.of(1, 2, 3), new ExtData(5, latin1("x"))],
    ...[Array(20).fill(7), "x".repeat(300), new Date(0)],
  ]),
  cbor: encodeCbor([
    ...["text", 1, 300, 70_000, -1, -300, 1.5, null, true],
    ...[{ a: { b: "c" } }, Uint8Array.of(1, 2, 3), Array(30).fill(7)],
    "x".repeat(300),
  ]),
  protobuf: new BinaryWriter()
    .tag(1, WireType.Varint).uint64(70_000)
    .tag(2, WireType.LengthDelimited).string("text")
    .tag(3, WireType.Bit32).fixed32(7)
    .tag(4, WireType.Bit64).fixed64(7)
    .tag(5, WireType.LengthDelimited).fork()
    .tag(1, WireType.Varint).uint32(1).join()
    .finish(),
};

Deno.test("a view that is not there is not loaded", async () => {
  await assertRejects(() => loadView("xml" as ViewName), TypeError);
});
