/**
 * Every promise that `verifyFraming` checks, broken on purpose.
 *
 * @module
 */

import {
  type CodecOptions,
  type Decoder,
  type Encoder,
  type FramePart,
  type Framing,
  lengthPrefix,
  line,
  parseFraming,
  ProtocolError,
  type ReadableQueue,
} from "@parley/parley/framing";
import { verifyFraming } from "@parley/parley/testing";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { latin1 } from "../support/chunkings.ts";

const SAMPLES = ["", "a", "hello", "0"].map(latin1);

/** A sound framing with some parts replaced. */
function broken(
  framing: Framing,
  parts: {
    decoder?: (options: CodecOptions) => Decoder;
    encoder?: (options: CodecOptions) => Encoder;
    encodesAlike?: boolean;
    explain?: (frame: Uint8Array) => FramePart[];
  },
): Framing {
  return {
    boundary: framing.boundary,
    decoder: (options) => framing.decoder(options),
    encoder: (options) => framing.encoder(options),
    toString: () => `broken ${framing}`,
    ...parts,
  };
}

function verdict(framing: Framing, samples = SAMPLES): string {
  return assertThrows(() => verifyFraming(framing, samples), Error).message;
}

function assertReports(framing: Framing, ...promises: string[]): void {
  const message = verdict(framing);
  for (const promise of promises) {
    assert(message.includes(`\n- ${promise}: `), message);
  }
}

Deno.test("verifyFraming() says how much it has tried", () => {
  const report = verifyFraming(line(), SAMPLES);
  assertGreater(report.streams, 1000);
  assertGreater(report.messages, 1000);
  assertEquals(report.costMeasured, true);
  assertEquals(
    verifyFraming(parseFraming("fixed:1"), [latin1("a")]).costMeasured,
    false,
  );
});

Deno.test("verifyFraming() tries the same for the same seed", () => {
  const options = { seed: 7, noiseCount: 20 };
  assertEquals(
    verifyFraming(line(), SAMPLES, options),
    verifyFraming(line(), SAMPLES, options),
  );
});

Deno.test("verifyFraming() refuses to run without samples", () => {
  assertThrows(() => verifyFraming(line(), []), TypeError, "without samples");
});

for (
  const text of [
    "close",
    "fixed:8,pad=#",
    "line",
    "line,crlf,eof",
    "delimiter:#*#",
    "header:10",
    "length:4",
    "length:2,le,inclusive",
    "varint",
    "netstring",
    "content-length",
    "octet-count",
    "slip",
    "cobs",
    "json-seq",
  ]
) {
  const framing = parseFraming(text);
  const samples = ["a", "hello", "[12]"].map(latin1);
  const verify = (framing: Framing) => () =>
    verifyFraming(framing, samples, { eof: text.includes("eof") });

  for (const shift of [-1, 1]) {
    const shifted = (options: CodecOptions) => ({
      maxMessageBytes: options.maxMessageBytes + shift,
    });

    Deno.test(`verifyFraming() finds a decoder of ${text} whose limit is off by ${shift}`, () => {
      assertThrows(
        verify(broken(framing, {
          decoder: (options) => framing.decoder(shifted(options)),
        })),
        Error,
        shift < 0
          ? "- the decoder refuses a message of exactly the limit"
          : "one byte over the limit",
      );
    });

    Deno.test(`verifyFraming() finds an encoder of ${text} whose limit is off by ${shift}`, () => {
      assertThrows(
        verify(broken(framing, {
          encoder: (options) => framing.encoder(shifted(options)),
        })),
        Error,
        shift < 0
          ? "- the encoder refuses a message of exactly the limit"
          : "- the encoder sends a message one byte over the limit",
      );
    });
  }

  if (framing.boundary !== "frame") continue;
  Deno.test(`verifyFraming() finds a decoder of ${text} that is silent about a cut-off message`, () => {
    assertThrows(
      verify(broken(framing, {
        decoder: (options) => {
          const decoder = framing.decoder(options);
          return {
            decode: (queue) => decoder.decode(queue),
            decodeEnd: () => undefined,
          };
        },
      })),
      Error,
      "- a stream that ends inside a frame is truncated",
    );
  });
}

/** Takes the header before the message is here, as tokio-util does. */
class EagerDecoder implements Decoder {
  #size: number | undefined;
  readonly #max: number;

  constructor(options: CodecOptions) {
    this.#max = options.maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    if (this.#size === undefined) {
      if (!queue.has(4)) return undefined;
      this.#size = queue.uint32(0);
      if (this.#size > this.#max) {
        throw new ProtocolError("too_large", { reason: "too long" });
      }
      queue.skip(4);
    }
    if (!queue.has(this.#size)) return undefined;
    const message = queue.take(this.#size);
    this.#size = undefined;
    return message;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    if (queue.length > 0) {
      throw new ProtocolError("truncated", { reason: "cut off" });
    }
  }
}

Deno.test("verifyFraming() finds a decoder that loses a header without its message", () => {
  assertReports(
    broken(lengthPrefix(), { decoder: (options) => new EagerDecoder(options) }),
    "a stream that ends inside a frame is truncated",
    "only whole frames are taken off the queue",
  );
});

Deno.test("verifyFraming() finds a limit that counts what has arrived", () => {
  // Counts the CR, and whatever else came in the same read.
  const framing = broken(line({ crlf: true }), {
    decoder: ({ maxMessageBytes }) => {
      const decoder = line().decoder({ maxMessageBytes });
      return {
        decode(queue) {
          const message = decoder.decode(queue);
          if (message !== undefined || queue.length <= maxMessageBytes) {
            return message;
          }
          throw new ProtocolError("too_large", {
            reason: "its line is too long",
          });
        },
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
  assertReports(framing, "the result depends on the cuts");
});

Deno.test("verifyFraming() finds an error that tells how much has arrived", () => {
  const framing = broken(lengthPrefix(), {
    decoder: (options) => {
      const decoder = lengthPrefix().decoder(options);
      return {
        decode(queue) {
          const { length } = queue;
          try {
            return decoder.decode(queue);
          } catch {
            throw new ProtocolError("too_large", {
              reason: `${length} bytes are here`,
            });
          }
        },
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
  assertReports(framing, "the result depends on the cuts");
});

Deno.test("verifyFraming() finds a delimiter that is only seen in one piece", () => {
  const framing = broken(parseFraming("delimiter:#*#"), {
    decoder: () => {
      let seen = 0;
      return {
        decode(queue) {
          const size = queue.gather();
          for (let at = seen; at + 3 <= size; at++) {
            if (queue.byte(at) !== 35 || queue.byte(at + 1) !== 42) continue;
            if (queue.byte(at + 2) !== 35) continue;
            seen = 0;
            const message = queue.take(at);
            queue.skip(3);
            return message;
          }
          seen = size;
          return undefined;
        },
        decodeEnd(queue) {
          if (queue.length > 0) {
            throw new ProtocolError("truncated", { reason: "cut off" });
          }
          return undefined;
        },
      };
    },
  });
  assertReports(framing, "the result depends on the cuts");
});

/** A decoder of lines with something done to each message. */
function changed(change: (message: Uint8Array) => Uint8Array): Framing {
  return broken(line(), {
    decoder: (options) => {
      const decoder = line().decoder(options);
      return {
        decode: (queue) => {
          const message = decoder.decode(queue);
          return message && change(message);
        },
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
}

Deno.test("verifyFraming() finds a message that is changed on the way", () => {
  assertReports(
    changed((message) => message.slice(1)),
    "what was sent arrives",
  );
});

for (const nth of [6, 256]) {
  Deno.test(`verifyFraming() finds a decoder that is wrong at message ${nth} of a stream`, () => {
    const framing = broken(line(), {
      decoder: (options) => {
        const decoder = line().decoder(options);
        let count = 0;
        return {
          decode(queue) {
            const message = decoder.decode(queue);
            if (message !== undefined) count++;
            return count === nth ? message?.subarray(1) : message;
          },
          decodeEnd: (queue) => decoder.decodeEnd(queue),
        };
      },
    });
    assertReports(framing, "what arrives twice arrives as often as it is sent");
  });
}

Deno.test("verifyFraming() finds views that are written to again", () => {
  const shared = new Uint8Array(100);
  assertReports(
    changed((message) => {
      shared.set(message);
      return shared.subarray(0, message.length);
    }),
    "the decoder changes message 1 after it was given",
  );
});

Deno.test("verifyFraming() finds a decoder that gives messages without end", () => {
  const framing = broken(line(), {
    decoder: () => ({
      decode: () => new Uint8Array(0),
      decodeEnd: () => undefined,
    }),
  });
  assertReports(framing, "the decoder gives messages without end");
});

Deno.test("verifyFraming() finds an error that is no ProtocolError", () => {
  const framing = broken(parseFraming("netstring"), {
    decoder: (options) => {
      const decoder = parseFraming("netstring").decoder(options);
      return {
        decode(queue) {
          if (queue.has(1) && queue.byte(0) > 0x40) throw new Error("oops");
          return decoder.decode(queue);
        },
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
  assertReports(
    framing,
    "the decoder throws Error: oops instead of a ProtocolError",
  );
});

Deno.test("verifyFraming() finds two streams that share a decoder's state", () => {
  const shared = parseFraming("varint").decoder({ maxMessageBytes: 1000 });
  assert(verdict(broken(parseFraming("varint"), { decoder: () => shared })));
});

Deno.test("verifyFraming() finds a search that begins again with every chunk", () => {
  const framing = broken(line(), {
    decoder: (options) => ({
      decode: (queue) => line().decoder(options).decode(queue),
      decodeEnd: (queue) => line().decoder(options).decodeEnd(queue),
    }),
  });
  assertReports(framing, "twice the bytes cost twice the work");
});

Deno.test("verifyFraming() finds an encoder that appends before it refuses", () => {
  const framing = broken(line(), {
    encoder: (options) => {
      const encoder = line().encoder(options);
      return {
        encode(message, sink) {
          sink.copy(message.subarray(0, 0));
          if (message.length > options.maxMessageBytes) sink.byte(10);
          encoder.encode(message, sink);
        },
      };
    },
  });
  assertReports(
    framing,
    "the encoder refuses with a RangeError before it appends anything",
  );
});

Deno.test("verifyFraming() finds an encoder that changes the message", () => {
  const framing = broken(line(), {
    encoder: (options) => {
      const encoder = line().encoder(options);
      return {
        encode(message, sink) {
          encoder.encode(message, sink);
          message.fill(0);
        },
      };
    },
  });
  assertReports(framing, "the encoder changes the message");
});

Deno.test("verifyFraming() finds a missingBytes that promises too much", () => {
  const framing = broken(lengthPrefix(), {
    decoder: (options) => {
      const decoder = lengthPrefix().decoder(options);
      return {
        decode: (queue) => decoder.decode(queue),
        decodeEnd: (queue) => decoder.decodeEnd(queue),
        get missingBytes() {
          return decoder.missingBytes! + 1;
        },
      };
    },
  });
  assertReports(framing, "missingBytes is no more than what is missing");
});

Deno.test("verifyFraming() names a sample that cannot be sent", () => {
  assert(
    verdict(line(), [latin1("a\nb")]).includes(
      "- a sample cannot be sent: 3 bytes",
    ),
  );
});

/** A decoder of a framing with its decode replaced. */
function decoding(
  text: string,
  decode: (decoder: Decoder, queue: ReadableQueue) => Uint8Array | undefined,
): Framing {
  const framing = parseFraming(text);
  return broken(framing, {
    decoder: (options) => {
      const decoder = framing.decoder(options);
      return {
        decode: (queue) => decode(decoder, queue),
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
}

Deno.test("verifyFraming() finds a limit that is applied only when the frame is whole", () => {
  const framing = broken(lengthPrefix(), {
    decoder: ({ maxMessageBytes }) => {
      const decoder = lengthPrefix().decoder({ maxMessageBytes: 2 ** 32 });
      return {
        decode(queue) {
          const isOver = queue.has(4) && queue.uint32(0) > maxMessageBytes &&
            queue.has(4 + queue.uint32(0));
          if (!isOver) return decoder.decode(queue);
          throw new ProtocolError("too_large", {
            reason: "its frame is too long",
          });
        },
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
  assertReports(
    framing,
    "a message above the limit is refused before it is whole",
  );
});

for (const bytes of [1, 2] as const) {
  Deno.test(`verifyFraming() finds a quadratic decoder with a length of ${bytes} bytes`, () => {
    assertReports(
      decoding(`length:${bytes}`, (decoder, queue) => {
        for (let i = 0, all = queue.gather(); i < all; i++) queue.byte(i);
        return decoder.decode(queue);
      }),
      "twice the bytes cost twice the work",
    );
  });
}

Deno.test("verifyFraming() finds a decoder that copies all that is here with every chunk", () => {
  assertReports(
    decoding("netstring", (decoder, queue) => {
      queue.peek(0, queue.gather()).slice();
      return decoder.decode(queue);
    }),
    "twice the bytes cost twice the work",
  );
});

Deno.test("verifyFraming() finds a decoder that writes to the bytes it was given", () => {
  assertReports(
    decoding("line", (decoder, queue) => {
      const message = decoder.decode(queue);
      if (message !== undefined && message.length > 1) message[0]! ^= 0;
      if (message !== undefined && message.length > 1) message.reverse();
      message?.reverse();
      if (message !== undefined) message[0] = 0x61;
      return message;
    }),
    "the decoder writes to the bytes that it was given",
  );
});

Deno.test("verifyFraming() names the bytes and the cut of an error that is the decoder's own", () => {
  const message = verdict(decoding("length:4", (decoder, queue) => {
    const first = queue.gather() > 0 ? queue.peek(0, 1) : undefined;
    if (first !== undefined) {
      new DataView(queue.peek(0, queue.length).slice().buffer).getUint32(0);
    }
    return decoder.decode(queue);
  }));
  assert(
    /the decoder throws RangeError: Offset is outside the bounds of the DataView instead of a ProtocolError: \d+ bytes [0-9a-f ]+, (un)?cut/
      .test(message),
    message,
  );
});

Deno.test("verifyFraming() finds a decoder that drops a header and then refuses", () => {
  const framing = broken(parseFraming("netstring"), {
    decoder: (options) => {
      const decoder = parseFraming("netstring").decoder(options);
      return {
        decode(queue) {
          try {
            return decoder.decode(queue);
          } catch (error) {
            queue.skip(1);
            throw error;
          }
        },
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
  assertReports(framing, "only whole frames are taken off the queue");
});

Deno.test("verifyFraming() finds a wrong first byte that is noticed only when three are here", () => {
  assertReports(
    decoding(
      "netstring",
      (decoder, queue) => queue.has(3) ? decoder.decode(queue) : undefined,
    ),
    "a wrong first byte is refused when it comes",
  );
});

Deno.test("verifyFraming() ends with a decoder that never returns", () => {
  assertReports(
    decoding("line", (decoder, queue) => {
      while (queue.has(1) && queue.byte(0) === 0x68);
      return decoder.decode(queue);
    }),
    "the decoder never returns: it asks the queue without end",
  );
});

Deno.test("verifyFraming() verifies two samples of 200 KB in bounded work", () => {
  const samples = [1, 2].map((i) => new Uint8Array(200_000).fill(i));
  const { streams } = verifyFraming(lengthPrefix(), samples, { noiseCount: 1 });
  assertLess(streams, 1500);
});

Deno.test("verifyFraming() finds a decodeBatch, a skip and a resync that disagree with decode", () => {
  const plant = (parts: (decoder: Decoder) => Partial<Decoder>): Framing =>
    broken(line(), {
      decoder: (options) => {
        const decoder = line().decoder(options);
        return {
          decode: (queue) => decoder.decode(queue),
          decodeEnd: (queue) => decoder.decodeEnd(queue),
          ...parts(decoder),
        };
      },
    });
  assertReports(
    plant((decoder) => ({
      decodeBatch(queue, into) {
        const message = decoder.decode(queue);
        if (message !== undefined) into.push(message.slice(1));
      },
    })),
    "decodeBatch gives what decode gives",
  );
  assertReports(
    plant((decoder) => ({
      skip: (queue) => decoder.skip!(queue) === -1 ? -1 : 3,
    })),
    "skip drops what decode gives",
  );
  assertReports(
    plant(() => ({
      resync(queue) {
        queue.skip(queue.length);
        return true;
      },
    })),
    "the same bad frames are skipped in every cut",
  );
});

Deno.test("verifyFraming() finds an encodeBatch that loses a message", () => {
  const framing = broken(line(), {
    encoder: (options) => {
      const encoder = line().encoder(options);
      return {
        encode: (message, sink) => encoder.encode(message, sink),
        encodeBatch(messages, from, sink) {
          encoder.encode(messages[from]!, sink);
          return Math.min(messages.length, from + 2);
        },
      };
    },
  });
  assertReports(framing, "encodeBatch writes what encode writes");
});

Deno.test("verifyFraming() finds an encoder that remembers messages, and says that it does not", () => {
  const framing = broken(line(), {
    encodesAlike: true,
    encoder: (options) => {
      const encoder = line().encoder(options);
      let count = 0;
      return {
        encode(message, sink) {
          // A line may end in either way.
          if (++count % 2 === 0) return encoder.encode(message, sink);
          line({ crlf: true }).encoder(options).encode(message, sink);
        },
      };
    },
  });
  assertReports(
    framing,
    "a framing that encodesAlike writes a message the same at any place",
  );
});

Deno.test("verifyFraming() finds parts that leave a gap, and a payload that is not the message", () => {
  const explaining = (change: (parts: FramePart[]) => FramePart[]) =>
    broken(line(), {
      explain: (frame) => change(line().explain!(frame)),
    });
  const promise = "the parts of a frame cover it without gap or overlap";
  assertReports(explaining((parts) => parts.slice(0, 1)), promise);
  assertReports(
    explaining((parts) =>
      parts.map((part) => ({ ...part, size: part.size + 1 }))
    ),
    promise,
  );
  assertReports(
    explaining((parts) => parts.map((part) => ({ ...part, kind: "payload" }))),
    "the payload among the parts of a frame is the message",
  );
  assertReports(
    explaining(() => {
      throw new Error("no parts");
    }),
    "it throws where it must not",
  );
});

Deno.test("verifyFraming() shows the message that differs", () => {
  const message = verdict(decoding("line", (decoder, queue) => {
    const all = queue.length;
    const given = decoder.decode(queue);
    return given !== undefined && given.length === 5 && all === 6
      ? latin1("HELLO")
      : given;
  }));
  assert(
    message.includes('message 3 is "hello" and "HELLO"') ||
      message.includes('message 1 is "HELLO" and "hello"'),
    message,
  );
});

Deno.test("verifyFraming() verifies what comes after the opening messages", () => {
  const samples = ["", "a", "hello", "longer than the greeting"].map(latin1);
  const greeting = [latin1("HELO")];
  const framing = parseFraming("fixed:4 then length:1");
  assertThrows(
    () => verifyFraming(framing, samples),
    Error,
    "a sample cannot be sent",
  );
  const report = verifyFraming(framing, samples, { opening: greeting });
  assertGreater(report.streams, 1000);
  verifyFraming(parseFraming("smtp"), [latin1("hi\r\n.\r\n")], {
    from: "client",
    opening: [latin1("DATA\r\n")],
  });
});

Deno.test("verifyFraming() verifies a change of the framing after the opening", () => {
  const opening = ["HELLO", "length:1 from here"].map(latin1);
  const samples = ["", "a\n", "two\nlines", "a".repeat(30)].map(latin1);
  verifyFraming(lengthPrefix({ bytes: 1 }), samples, {
    opening,
    openingFraming: "line",
  });
  // Without the change the opening would have to be in the framing itself.
  verifyFraming(lengthPrefix({ bytes: 1 }), samples, { opening });
});

Deno.test("verifyFraming() finds a decoder that is wrong only after the opening", () => {
  // It takes the second message for as long as what is here of it.
  const hasty = broken(line(), {
    decoder: (options) => {
      const decoder = line().decoder(options);
      let count = 0;
      return {
        decode(queue) {
          if (count > 0 && queue.length > 0) return queue.take(queue.gather());
          const message = decoder.decode(queue);
          if (message !== undefined) count++;
          return message;
        },
        decodeEnd: (queue) => decoder.decodeEnd(queue),
      };
    },
  });
  const message = assertThrows(
    () => verifyFraming(hasty, SAMPLES, { opening: [latin1("HELLO")] }),
    Error,
  ).message;
  assert(message.includes("what was sent arrives"), message);
});
