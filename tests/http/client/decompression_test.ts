import { brotliCompressSync } from "node:zlib";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { HttpError, request } from "@parley/parley/http";
import { fromLatin1 } from "../../support/chunkings.ts";
import { noise } from "../../support/foreign_http.ts";
import { answering, bounded, failure, scripted } from "./scripted.ts";

type Format = "gzip" | "deflate" | "deflate-raw" | "br";

async function compressed(
  bytes: Uint8Array<ArrayBuffer> | string,
  format: Format = "gzip",
): Promise<Uint8Array<ArrayBuffer>> {
  if (format === "br") return Uint8Array.from(brotliCompressSync(bytes));
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function answer(coding: string, bytes: Uint8Array): string {
  return `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\n` +
    `content-length: ${bytes.length}\r\nx-a: b\r\n\r\n${fromLatin1(bytes)}`;
}

const TEXT = "the same and the same and the same 🌮 ".repeat(1000);

for (
  const [coding, format] of [
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["x-gzip", "gzip"],
    ["deflate", "deflate"],
    ["deflate", "deflate-raw"],
    ["identity, gzip", "gzip"],
    ["br", "br"],
    ["BR", "br"],
  ] as const
) {
  bounded(`content-encoding ${coding} (${format}) is undone`, async () => {
    const bytes = await compressed(TEXT, format);
    await using server = answering(answer(coding, bytes));
    const response = await request(server.url);
    assertEquals(response.headers.get("content-encoding"), null);
    assertEquals(response.headers.get("content-length"), null);
    assertEquals(response.headers.get("x-a"), "b");
    assertEquals(response.fields[0], ["Content-Encoding", coding]);
    assertEquals(await response.text(), TEXT);
  });
}

for (const format of ["deflate", "br"] as const) {
  bounded(`bytes compressed with ${format} may come one by one`, async () => {
    const bytes = await compressed("hello", format);
    await using server = scripted(async (peer) => {
      await peer.request();
      await peer.say(
        `HTTP/1.1 200 OK\r\ncontent-encoding: ${format}\r\n` +
          "transfer-encoding: chunked\r\n\r\n",
      );
      for (const byte of fromLatin1(bytes)) {
        await peer.say(`1\r\n${byte}\r\n`);
      }
      await peer.say("0\r\n\r\n");
    });
    assertEquals(await (await request(server.url)).text(), "hello");
  });
}

bounded("a body compressed twice is undone twice", async () => {
  const bytes = await compressed(await compressed(TEXT, "deflate"));
  await using server = answering(answer("deflate, gzip", bytes));
  assertEquals(await (await request(server.url)).text(), TEXT);
});

bounded("a body in Brotli and then in gzip is undone twice", async () => {
  const bytes = await compressed(await compressed(TEXT, "br"));
  await using server = answering(answer("br, gzip", bytes));
  assertEquals(await (await request(server.url)).text(), TEXT);
});

for (const format of ["gzip", "br"] as const) {
  bounded(`noise compressed with ${format} comes through as well`, async () => {
    const data = noise(1_000_000);
    const bytes = await compressed(data, format);
    await using server = answering(answer(format, bytes));
    assertEquals(await (await request(server.url)).bytes(), data);
  });
}

for (const size of [1, 5, 1_000_000]) {
  bounded(
    `gzip data of several members is undone in pieces of ${size}`,
    async () => {
      const members = [await compressed("hello "), await compressed("world")];
      const bytes = Uint8Array.of(...members[0]!, ...members[1]!);
      await using server = scripted(async (peer) => {
        await peer.request();
        await peer.say("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n");
        for (let at = 0; at < bytes.length; at += size) {
          await peer.write(bytes.subarray(at, at + size));
        }
        await peer.conn.closeWrite();
      });
      const response = await request(server.url);
      assertEquals(await response.text(), "hello world");
      assertEquals(response.undecoded, []);
    },
  );
}

bounded("an empty compressed body is empty", async () => {
  await using server = answering(
    "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n",
  );
  assertEquals(await (await request(server.url)).text(), "");
});

for (
  const [what, coding] of [
    ["unknown here", "zstd"],
    ["unknown beside a known one", "zstd, gzip"],
    ["repeated beyond reason", "gzip, gzip, gzip, gzip"],
  ] as const
) {
  bounded(`a coding ${what} is left as it is`, async () => {
    await using server = answering(answer(coding, Uint8Array.of(1, 2, 3)));
    const response = await request(server.url);
    assertEquals(response.headers.get("content-encoding"), coding);
    assertEquals(response.headers.get("content-length"), "3");
    assertEquals(response.undecoded, coding.split(", "));
    assertEquals(await response.bytes(), Uint8Array.of(1, 2, 3));
  });
}

bounded("without decompress it is neither asked for nor undone", async () => {
  const bytes = await compressed(TEXT);
  let asked = "";
  await using server = answering(({ head }) => {
    asked = head;
    return answer("gzip", bytes);
  });
  const response = await request(server.url, { decompress: false });
  assertEquals(asked.includes("accept-encoding"), false);
  assertEquals(response.headers.get("content-encoding"), "gzip");
  assertEquals(await response.bytes(), bytes);
});

for (
  const [what, change, why] of [
    ["cut off", (z: Uint8Array) => z.subarray(0, z.length - 9), "is cut off"],
    [
      "cut off in its first bytes",
      (z: Uint8Array) => z.subarray(0, 1),
      "is cut off",
    ],
    [
      "against its checksum",
      (z: Uint8Array) => z.with(z.length - 6, z.at(-6)! ^ 1),
      "does not match its checksum",
    ],
    [
      "corrupt in the middle",
      (z: Uint8Array) => z.fill(0xff, 20, 60),
      "is damaged",
    ],
    [
      "none at all",
      () => new TextEncoder().encode("hello, hello, hello!"),
      "is damaged",
    ],
    [
      "followed by something",
      (z: Uint8Array) => Uint8Array.of(...z, 1, 2, 3),
      "something stands behind it",
    ],
  ] as const
) {
  bounded(`gzip data that is ${what} is a clear error`, async () => {
    const bytes = change(await compressed(`${TEXT}${fromLatin1(noise(500))}`));
    await using server = answering(answer("gzip", bytes));
    const response = await request(`${server.url}/a`);
    const error = await failure(response.text(), HttpError);
    assertEquals(error.code, "malformed");
    assertStringIncludes(
      error.message,
      `${server.url}/a: the body's gzip data `,
    );
    assertStringIncludes(error.message, why);
  });
}

bounded(
  "Brotli data cut off anywhere is an error, and no byte is added",
  async () => {
    const bytes = await compressed(`${TEXT}${fromLatin1(noise(100))}`, "br");
    for (let cut = 1; cut < bytes.length; cut++) {
      await using server = answering(answer("br", bytes.subarray(0, cut)));
      const { body } = await request(server.url);
      const text = new TextDecoder();
      let got = "";
      const error = await failure(
        (async () => {
          for await (const part of body!) {
            got += text.decode(part, { stream: true });
          }
        })(),
        HttpError,
      );
      assertStringIncludes(error.message, "the body's br data is cut off");
      assert(
        `${TEXT}${fromLatin1(noise(100))}`.startsWith(got),
        `cut at ${cut}`,
      );
    }
  },
);

for (
  const [what, change, why] of [
    [
      "corrupt in the middle",
      (z: Uint8Array) => z.fill(0xff, 20, 60),
      "is damaged",
    ],
    [
      "none at all",
      () => new TextEncoder().encode("<html>hello</html>"),
      "is damaged",
    ],
    [
      "followed by something",
      (z: Uint8Array) => Uint8Array.of(...z, 1, 2, 3),
      "something stands behind it",
    ],
    [
      "followed by much",
      (z: Uint8Array) => Uint8Array.of(...z, ...new Uint8Array(100_000)),
      "something stands behind it",
    ],
  ] as const
) {
  bounded(`Brotli data that is ${what} is a clear error`, async () => {
    const bytes = change(
      await compressed(`${TEXT}${fromLatin1(noise(500))}`, "br"),
    );
    await using server = answering(answer("br", bytes));
    const response = await request(`${server.url}/a`);
    const error = await failure(response.text(), HttpError);
    assertEquals(error.code, "malformed");
    assertStringIncludes(
      error.message,
      `${server.url}/a: the body's br data `,
    );
    assertStringIncludes(error.message, why);
  });
}

bounded(
  "deflate data that is followed by something is a clear error",
  async () => {
    const bytes = Uint8Array.of(...await compressed(TEXT, "deflate"), 1, 2);
    await using server = answering(answer("deflate", bytes));
    const response = await request(server.url);
    const error = await failure(response.text(), HttpError);
    assertStringIncludes(error.message, "something stands behind it");
  },
);

bounded("a compressed body shorter than announced is truncated", async () => {
  const whole = answer("gzip", await compressed(TEXT));
  await using server = answering(whole.slice(0, -5));
  const response = await request(server.url);
  const error = await failure(response.text(), HttpError);
  assertEquals(error.code, "truncated");
});

for (const format of ["gzip", "deflate", "br"] as const) {
  bounded(`a ${format} bomb ends at the limit`, async () => {
    // What cannot be compressed comes first, so that much is read at a time.
    const begin = noise(300_000);
    const content = new Uint8Array(256 * 1024 * 1024);
    content.set(begin);
    const bytes = await compressed(content, format);
    assert(bytes.length < 600_000);
    await using server = answering(answer(format, bytes));
    const response = await request(server.url, { maxBodyBytes: 1_000_000 });
    let got = 0;
    let largest = 0;
    const error = await failure(
      (async () => {
        for await (const part of response.body!) {
          got += part.length;
          largest = Math.max(largest, part.buffer.byteLength);
        }
      })(),
      HttpError,
    );
    assertEquals([error.code, error.details.limitBytes], [
      "too_large",
      1_000_000,
    ]);
    // All up to the limit, and no more in memory than one piece becomes.
    assertEquals(got, 1_000_000);
    assert(largest <= 8 * 1024 * 1024, `${largest} bytes at once`);
  });
}

bounded("a body at the limit after decompressing is taken", async () => {
  const bytes = await compressed("a".repeat(1000));
  await using server = answering(answer("gzip", bytes));
  const response = await request(server.url, { maxBodyBytes: 1000 });
  assertEquals((await response.text()).length, 1000);
});

bounded("a cancelled compressed body ends its connection", async () => {
  const bytes = await compressed(noise(500_000));
  const gone = Promise.withResolvers<void>();
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n");
    await peer.write(bytes.subarray(0, 300_000));
    await peer.drain();
    gone.resolve();
  });
  const response = await request(server.url);
  for await (const _ of response.body!) break;
  await gone.promise;
});
