import {
  FrameDecoder,
  lengthPrefix,
  ProtocolError,
} from "@parley/parley/framing";
import { netstring } from "@parley/parley/framing";
import type { Decoder, Framing } from "@parley/parley/framing";
import {
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { chunkings, latin1 } from "../support/chunkings.ts";

Deno.test("FrameDecoder says which message broke, where it begins and what its first bytes are, in every cut", () => {
  const stream = latin1("\0\0\0\x02hi\xff\xff\xff\xffxyz");
  for (const chunks of chunkings(stream)) {
    const decoder = new FrameDecoder("length:4", { maxMessageBytes: 10 });
    const error = assertThrows(() => {
      for (const chunk of chunks) {
        decoder.push(chunk);
        while (decoder.next() !== undefined);
      }
    }, ProtocolError);
    assertEquals(error.code, "too_large");
    assertEquals({ ...error.details, hint: undefined }, {
      declaredBytes: 0xffffffff,
      limitBytes: 10,
      messageNumber: 2,
      streamOffset: 6,
      firstBytes: latin1("\xff\xff\xff\xff"),
      hint: undefined,
    });
  }
});

Deno.test("FrameDecoder throws the same error again at every later call", () => {
  const decoder = new FrameDecoder("netstring");
  decoder.push(latin1("1:a,x"));
  assertEquals(decoder.next(), latin1("a"));
  const error = assertThrows(() => decoder.next(), ProtocolError);
  decoder.push(latin1("1:b,"));
  assertStrictEquals(assertThrows(() => decoder.next()), error);
  assertStrictEquals(assertThrows(() => decoder.end()), error);
});

Deno.test("FrameDecoder shows up to 16 bytes of a message that was cut off", () => {
  const decoder = new FrameDecoder("line");
  decoder.push(latin1("a\n"));
  decoder.push(latin1("0123456789abcdefghij"));
  decoder.next();
  const error = assertThrows(() => decoder.end(), ProtocolError, "message 2");
  assertEquals(error.details.firstBytes, latin1("0123456789abcdef"));
  assertEquals(error.details.streamOffset, 2);
});

Deno.test("FrameDecoder.fail() says where a message with wrong content begins, in every cut", () => {
  // Empty packets come before the second one; they are no part of it.
  const stream = latin1("\xc0ab\xc0\xc0\xc0cd\xc0");
  for (const chunks of chunkings(stream)) {
    const decoder = new FrameDecoder("slip");
    let error: unknown;
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let m; error === undefined && (m = decoder.next()) !== undefined;) {
        if (m[0] !== 0x63) continue;
        error = decoder.fail(
          new ProtocolError("malformed", { reason: "it is wrong" }),
          m,
        );
      }
    }
    assertEquals(
      (error as Error).message,
      'Cannot decode message 2 at byte 6 (slip): it is wrong; it begins 63 64 "cd"',
    );
    assertThrows(() => decoder.next(), ProtocolError, "it is wrong");
  }
});

Deno.test("FrameDecoder.fail() leaves other errors as they are", () => {
  const decoder = new FrameDecoder("line");
  const error = new Error("mine");
  assertStrictEquals(decoder.fail(error), error);
  assertStrictEquals(assertThrows(() => decoder.next()), error);
});

Deno.test("FrameDecoder counts messages and knows how many bytes are missing", () => {
  const decoder = new FrameDecoder("length:2");
  decoder.push(latin1("\0\x01a\0\x05he"));
  decoder.next();
  assertEquals([decoder.count, decoder.missingBytes], [1, 0]);
  assertEquals(decoder.next(), undefined);
  assertEquals([decoder.count, decoder.missingBytes], [1, 3]);
});

Deno.test("FrameDecoder finds the bytes that a framing's refusal rests on if the framing does not say, in every cut", () => {
  const framing: Framing = {
    boundary: "frame",
    toString: () => "mine",
    encoder: (options) => lengthPrefix().encoder(options),
    decoder: () => ({
      decode: (queue) => {
        if (queue.length < 2) return undefined;
        throw new ProtocolError("malformed", { reason: "it is wrong" });
      },
      decodeEnd: () => undefined,
    }),
  };
  for (const chunks of chunkings(latin1("abc"))) {
    const decoder = new FrameDecoder(framing);
    const error = assertThrows(() => {
      for (const chunk of chunks) {
        decoder.push(chunk);
        decoder.next();
      }
    }, ProtocolError);
    assertEquals(
      error.message,
      'Cannot decode message 1 at byte 0 (mine): it is wrong; it begins 61 62 "ab"',
    );
  }
});

Deno.test("FrameDecoder calls a framing without a name of its own custom", () => {
  const { decoder, encoder, boundary } = {
    boundary: "frame" as const,
    decoder: () => netstringDecoder(),
    encoder: lengthPrefix().encoder,
  };
  const frames = new FrameDecoder({ boundary, decoder, encoder });
  frames.push(latin1("x"));
  assertThrows(() => frames.next(), ProtocolError, "at byte 0 (custom): ");
});

for (
  const framing of [
    ...["length:4", "varint", "netstring", "octet-count", "header:10"],
    ...["content-length", "line", "json-seq", "delimiter:#*#", "fixed:2000"],
  ]
) {
  Deno.test(`FrameDecoder knows other protocols that speak to ${framing}, in every cut`, () => {
    for (
      const [stream, peer] of [
        ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "an HTTP client"],
        ["POST /a HTTP/1.1\r\nHost: a\r\n\r\n", "an HTTP client"],
        ["HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP server"],
        ["SSH-2.0-OpenSSH_9.6\r\n", "an SSH peer"],
        ["\x16\x03\x01\x02\0\x01\0\x01", "TLS sent to a plain port"],
      ] as const
    ) {
      const texts = new Set<string>();
      for (const chunks of chunkings(latin1(stream))) {
        const decoder = new FrameDecoder(framing, {
          badFrames: "fail",
          maxMessageBytes: 5,
        });
        const error = assertThrows(() => {
          for (const chunk of chunks) {
            decoder.push(chunk);
            while (decoder.next() !== undefined);
          }
          while (decoder.end() !== undefined);
        }, ProtocolError);
        texts.add(error.message);
      }
      assertEquals(texts.size, 1, [...texts].join("\n"));
      assertStringIncludes([...texts][0]!, `this looks like ${peer}`);
    }
  });
}

Deno.test("FrameDecoder refuses a limit that is no positive integer", () => {
  for (const maxMessageBytes of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => new FrameDecoder("line", { maxMessageBytes }),
      RangeError,
      "maxMessageBytes",
    );
  }
  assertThrows(() => new FrameDecoder("lime"), TypeError, '"line"');
});

Deno.test("FrameDecoder takes a TLS alert for what it is, also when it is cut off by the end", () => {
  for (const framing of ["line", "length:4", "netstring", "close"]) {
    const decoder = new FrameDecoder(framing, { maxMessageBytes: 5 });
    decoder.push(Uint8Array.of(0x15, 0x03, 0x03, 0, 2, 2, 50));
    const error = assertThrows(() => decoder.end(), ProtocolError);
    assertStringIncludes(error.message, "TLS answering plain text");
  }
});

const TLS = "TLS sent to a plain port";

function netstringDecoder(): Decoder {
  return netstring().decoder({ maxMessageBytes: 10 });
}

Deno.test("FrameDecoder says that the other byte order fits, while it waits and when the stream ends", () => {
  for (
    const [framing, header, hint] of [
      [
        "length:4",
        "\0\x01\0\0",
        {
          text: "as little-endian 256 fits exactly",
          framing: "length:4,le",
        },
      ],
      [
        "length:4,le",
        "\0\0\x01\0",
        { text: "as big-endian 256 fits exactly", framing: "length:4" },
      ],
    ] as const
  ) {
    const decoder = new FrameDecoder(framing);
    decoder.push(latin1(header + "a".repeat(256)));
    assertEquals(decoder.next(), undefined);
    assertEquals(decoder.waitHint, hint);
    const error = assertThrows(() => decoder.end(), ProtocolError, hint.text);
    assertEquals([error.details.hint, error.framing], [
      hint.text,
      hint.framing,
    ]);
    assertStringIncludes(error.message, `; try framing ${hint.framing}`);
    assertStringIncludes(error.message, "after 256 of the 65536 bytes");
  }
  const decoder = new FrameDecoder("length:4");
  decoder.push(latin1("\0\0\0\x05a"));
  assertEquals([decoder.next(), decoder.waitHint], [undefined, undefined]);
});

Deno.test("FrameDecoder.waitHint is the same at every cut, behind another message and in a sequence", () => {
  const begun = "\0\x01\0\0" + "a".repeat(256);
  for (
    const [framing, before] of [
      ["length:4", "\0\0\0\x02hi"],
      ["line then length:4", "hello\n"],
    ] as const
  ) {
    const bytes = latin1(before + begun);
    for (let cut = 1; cut < bytes.length; cut++) {
      const decoder = new FrameDecoder(framing);
      decoder.push(bytes.slice(0, cut));
      while (decoder.next() !== undefined);
      decoder.push(bytes.slice(cut));
      while (decoder.next() !== undefined);
      assertEquals([decoder.count, decoder.missingBytes, decoder.waitHint], [
        1,
        65_280,
        { text: "as little-endian 256 fits exactly", framing: "length:4,le" },
      ]);
    }
  }
});

for (
  const [framing, stream, taken, before, hint] of [
    ["octet-count", "4 hello5 again", 1, "hell", "is the length before it"],
    ["octet-count", "6 hello5 again", 1, "llo5", "is the length before it"],
    ["octet-count", "5 hello\n", 1, "ello", "without the line end"],
    ["netstring", "5:hello,5:again,x", 2, "ain,", "is the length before it"],
  ] as const
) {
  Deno.test(`FrameDecoder shows the bytes before a header that is refused: ${framing} of ${JSON.stringify(stream)}`, () => {
    const bytes = latin1(stream);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new FrameDecoder(framing);
      const error = assertThrows(() => {
        decoder.push(bytes.slice(0, cut));
        while (decoder.next() !== undefined);
        decoder.push(bytes.slice(cut));
        while (decoder.skip() !== -1);
        decoder.end();
      }, ProtocolError);
      assertEquals(decoder.count, taken);
      assertEquals(error.details.bytesBefore, latin1(before));
      assertStringIncludes(
        error.message,
        `"; the bytes before it are ${
          [...latin1(before)].map((byte) => byte.toString(16)).join(" ")
        } "${before}"; `,
      );
      assertStringIncludes(error.message, hint);
    }
  });
}

for (
  const [name, framing, stream, peer] of [
    ["TLS with a line feed", "line", "\x16\x03\x01\nab\xff", TLS],
    ["TLS in short frames", "fixed:1 then line", "\x16\x03\x01\nab", TLS],
    ["HTTP", "line", "HTTP/1.1 400 Bad Request\r\nab", "an HTTP server"],
  ] as const
) {
  Deno.test(`FrameDecoder knows the beginning of a stream in later messages, at every cut: ${name}`, () => {
    const bytes = latin1(stream);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new FrameDecoder(framing);
      decoder.push(bytes.slice(0, cut));
      while (decoder.nextBatch([], 1) > 0);
      decoder.push(bytes.slice(cut));
      while (decoder.next() !== undefined);
      const text = `the stream looks like ${peer}`;
      assertEquals(decoder.waitHint, { text });
      const error = assertThrows(() => decoder.end(), ProtocolError);
      assertEquals(error.details.hint, text);
    }
  });
}

Deno.test("FrameDecoder takes no later message for the beginning of a stream", () => {
  const decoder = new FrameDecoder("line");
  decoder.push(latin1("hello\nHTTP/1.1 400 Bad Request\nab"));
  while (decoder.next() !== undefined);
  assertEquals(decoder.waitHint, undefined);
});

Deno.test("FrameDecoder says that a header waits for one byte more than came", () => {
  const decoder = new FrameDecoder("octet-count");
  decoder.push(latin1("6 hello"));
  assertEquals(decoder.next(), undefined);
  assertEquals(decoder.waitHint, {
    text: "is the announced length one too large?",
  });
});

Deno.test("FrameDecoder says where the last message's frame begins, at every cut", () => {
  const stream = Uint8Array.of(0xc0, 1, 0xc0, 0xc0, 0xc0, 2, 3, 0xc0);
  for (const chunks of chunkings(stream)) {
    const decoder = new FrameDecoder("slip");
    const found: number[] = [];
    for (const chunk of chunks) {
      decoder.push(chunk);
      while (decoder.next() !== undefined) found.push(decoder.frameOffset);
    }
    assertEquals(found, [1, 5]);
  }
});

for (
  const [framing, good, bad] of [
    ["length:4", "\0\0\0\x02hi\0\0\0\0\0\0\0\x01x", "\xff\xff\xff\xff"],
    ["length:2,le", "\x02\0hi\0\0\x01\0x", "\xff\xff"],
    ["netstring", "2:hi,0:,1:x,", "x"],
    ["line", "hi\n\nx\n", "0123456789a"],
  ] as const
) {
  Deno.test(`FrameDecoder.skipBatch() drops what next() gives, then throws the same error, in every cut: ${framing}`, () => {
    const stream = latin1(good + bad);
    for (const chunks of chunkings(stream)) {
      const dropping = new FrameDecoder(framing, { maxMessageBytes: 10 });
      const taking = new FrameDecoder(framing, { maxMessageBytes: 10 });
      const outcome = (take: () => boolean) => {
        try {
          while (take());
        } catch (error) {
          return (error as ProtocolError).message;
        }
      };
      for (const chunk of chunks) {
        dropping.push(chunk.slice());
        taking.push(chunk);
        assertEquals(
          outcome(() => dropping.skipBatch() > 0),
          outcome(() => taking.next() !== undefined),
        );
        assertEquals(dropping.count, taking.count);
        assertEquals(dropping.queue.length, taking.queue.length);
      }
      assertEquals(dropping.count, 3);
    }
  });
}

Deno.test("FrameDecoder.skipBatch() drops no more than asked for", () => {
  for (const framing of ["length:1", "netstring"]) {
    const decoder = new FrameDecoder(framing);
    const message = framing === "length:1" ? "\x01a" : "1:a,";
    decoder.push(latin1(message.repeat(10)));
    assertEquals(
      [1, 2, 3, 100, 1].map((most) => decoder.skipBatch(most)),
      [1, 2, 3, 4, 0],
    );
  }
});
