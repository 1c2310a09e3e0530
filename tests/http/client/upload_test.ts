import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { HttpClient, HttpError, request } from "@parley/parley/http";
import { noise, sha256 } from "../../support/foreign_http.ts";
import { standing } from "../../session/harness.ts";
import { ManualTime } from "../../support/manual_time.ts";
import {
  answering,
  bounded,
  failure,
  type Received,
  scripted,
  timed,
} from "./scripted.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const form = new FormData();
form.set("a", "1");
form.set("file", new File(["content"], "a.txt", { type: "text/plain" }));

for (
  const [what, body, type, sent] of [
    ["text", "grün", "text/plain;charset=UTF-8", "gr\xc3\xbcn"],
    ["no text", "", "text/plain;charset=UTF-8", ""],
    ["bytes", Uint8Array.of(0, 255, 10), undefined, "\0\xff\n"],
    [
      "a view",
      new DataView(Uint8Array.of(1, 2, 3).buffer, 1, 1),
      undefined,
      "\x02",
    ],
    ["a buffer", Uint8Array.of(1, 2).buffer, undefined, "\x01\x02"],
    ["a Blob", new Blob(["abc"], { type: "text/x" }), "text/x", "abc"],
    ["a Blob without type", new Blob(["abc"]), undefined, "abc"],
    [
      "URLSearchParams",
      new URLSearchParams({ a: "b c" }),
      "application/x-www-form-urlencoded;charset=UTF-8",
      "a=b+c",
    ],
  ] as const
) {
  bounded(`${what} is sent with its length and type`, async () => {
    let got: Received | undefined;
    await using server = answering((received) => (got = received, OK));
    const response = await request(server.url, { method: "POST", body });
    assertEquals(await response.text(), "ok");
    assertEquals(got!.body, sent);
    assertStringIncludes(got!.head, `content-length: ${sent.length}\r\n`);
    const given = /^content-type: (.*)\r$/m.exec(got!.head)?.[1];
    assertEquals(given, type);
  });
}

bounded("a form is sent as the platform writes it", async () => {
  let got: Received | undefined;
  await using server = answering((received) => (got = received, OK));
  await (await request(server.url, { method: "POST", body: form })).text();
  const headers = {
    "content-type": /content-type: (.*)\r/.exec(got!.head)![1]!,
  };
  const read = await new Response(got!.body, { headers }).formData();
  assertEquals(read.get("a"), "1");
  assertEquals((read.get("file") as File).name, "a.txt");
});

bounded("a small request leaves in one write", async () => {
  const writes: number[] = [];
  await using server = scripted(async (peer) => {
    const chunk = new Uint8Array(65_536);
    writes.push((await peer.conn.read(chunk))!);
    await peer.say(OK);
  });
  let sent = 0;
  const response = await request(server.url, {
    method: "POST",
    body: "hello",
    onBytes: (direction, bytes) =>
      direction === "sent" && (sent += bytes.length),
  });
  await response.text();
  assertEquals(writes, [sent]);
});

for (const method of ["POST", "PUT", "PATCH"]) {
  bounded(`${method} without a body says so, GET does not`, async () => {
    const heads: string[] = [];
    await using server = answering(({ head }) => (heads.push(head), OK));
    await (await request(server.url, { method })).text();
    await (await request(server.url)).text();
    assertStringIncludes(heads[0]!, "content-length: 0\r\n");
    assertEquals(heads[1]!.includes("content-length"), false);
  });
}

bounded("a stream is sent in chunks, empty parts left out", async () => {
  let got: Received | undefined;
  await using server = answering((received) => (got = received, OK));
  const parts = ["hello", "", " ", "world"].map((s) =>
    new TextEncoder().encode(s)
  );
  const body = ReadableStream.from(parts);
  await (await request(server.url, { method: "POST", body })).text();
  assertStringIncludes(got!.head, "transfer-encoding: chunked\r\n");
  assertEquals(got!.body, "5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n");
});

bounded("a stream of known length is sent by it", async () => {
  let got: Received | undefined;
  await using server = answering((received) => (got = received, OK));
  await (await request(server.url, {
    method: "POST",
    body: ReadableStream.from([Uint8Array.of(65, 66), Uint8Array.of(67)]),
    headers: { "content-length": "3" },
  })).text();
  assertEquals(got!.body, "ABC");
  assertEquals(got!.head.includes("transfer-encoding"), false);
});

for (const [what, length] of [["longer", 2], ["shorter", 4]] as const) {
  bounded(`a stream ${what} than announced is no whole request`, async () => {
    const got = Promise.withResolvers<string>();
    await using server = scripted(async (peer) => {
      await peer.head();
      got.resolve(new TextDecoder().decode(await peer.readAll()));
    });
    const body = ReadableStream.from([
      Uint8Array.of(65),
      Uint8Array.of(66, 67),
    ]);
    const headers = { "content-length": `${length}` };
    await failure(
      request(server.url, { method: "POST", body, headers }),
      RangeError,
    );
    assert((await got.promise).length < length);
  });
}

bounded(
  "a stream that fails fails the request with its own error",
  async () => {
    await using server = scripted((peer) => peer.drain());
    const mine = new Error("mine");
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(Uint8Array.of(65));
        controller.error(mine);
      },
    });
    const error = await failure(
      request(server.url, { method: "POST", body }),
      Error,
    );
    assertStrictEquals(error, mine);
  },
);

bounded("a stream of something else than bytes is refused", async () => {
  await using server = scripted((peer) => peer.drain());
  const body = ReadableStream.from(["text"]) as unknown as ReadableStream;
  const error = await failure(
    request(server.url, { method: "POST", body }),
    TypeError,
  );
  assertStringIncludes(error.message, "a stream must give Uint8Array");
});

bounded(
  "a stream that somebody reads is refused, an unused one is cancelled when nobody listens",
  async () => {
    const read = new ReadableStream<Uint8Array>();
    const reader = read.getReader();
    await failure(
      request("http://127.0.0.1:1/", { method: "POST", body: read }),
      TypeError,
    );
    reader.releaseLock();
    let reason: unknown;
    const body = new ReadableStream<Uint8Array>({
      cancel: (given) => void (reason = given),
    });
    const error = await failure(
      request("http://127.0.0.1:1/", { method: "POST", body }),
      Error,
    );
    assertStrictEquals(reason, error);
  },
);

bounded("a server that does not read makes the sender wait", async () => {
  let pulled = 0;
  const goOn = Promise.withResolvers<void>();
  const piece = noise(256 * 1024);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulled === 128) return controller.close();
      pulled++;
      controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
  await using server = scripted(async (peer) => {
    await peer.head();
    await goOn.promise;
    await peer.skip("\r\n0\r\n\r\n");
    await peer.say(OK);
  });
  const response = request(server.url, { method: "POST", body });
  let before = -1;
  while (before !== pulled || pulled === 0) {
    before = pulled;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert(pulled < 64, `${pulled} of 128 parts were taken unread`);
  goOn.resolve();
  assertEquals(await (await response).text(), "ok");
  assertEquals(pulled, 128);
});

bounded("large bodies of every kind arrive intact", async () => {
  const bytes = noise(3_000_001);
  const wanted = await sha256(bytes);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => new Response(await sha256(request.body!)),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await using client = new HttpClient();
  for (const body of [bytes, new Blob([bytes]), ReadableStream.from([bytes])]) {
    const response = await client.request(url, { method: "PUT", body });
    assertEquals(await response.text(), wanted);
  }
});

// ---------------------------------------------------------- an early response

bounded(
  "a response during the upload is given at once, and ends it",
  async () => {
    await using server = scripted(async (peer) => {
      await peer.head();
      await peer.say(
        "HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nno!",
      );
      await peer.drain();
    });
    const cancelled = Promise.withResolvers<unknown>();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Uint8Array.of(65)),
      cancel: cancelled.resolve,
    });
    const response = await request(server.url, { method: "POST", body });
    assertEquals([response.status, await response.text()], [413, "no!"]);
    assertMatch(`${await cancelled.promise}`, /the response is over/);
  },
);

bounded("both directions can go on at the same time", async () => {
  await using server = scripted(async (peer) => {
    await peer.head();
    await peer.say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    for (let i = 0; i < 3; i++) {
      await peer.until("\r\n");
      const line = await peer.until("\r\n");
      await peer.say(`1\r\n${line}`);
    }
    await peer.until("0\r\n\r\n");
    await peer.say("0\r\n\r\n");
  });
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
  });
  const response = await request(server.url, { method: "POST", body });
  const reader = response.body!.getReader();
  for (const byte of [65, 66, 67]) {
    controller!.enqueue(Uint8Array.of(byte));
    assertEquals((await reader.read()).value, Uint8Array.of(byte));
  }
  controller!.close();
  assertEquals((await reader.read()).done, true);
});

bounded(
  "a server that answers and closes in the middle of the upload is heard",
  async () => {
    const bytes = noise(8_000_000);
    await using server = scripted(async (peer) => {
      await peer.head();
      await peer.say(
        "HTTP/1.1 413 No\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno",
      );
      await peer.conn.closeWrite();
      // Else the system answers with a reset, which may overtake the response.
      await peer.drain();
    });
    const response = await request(server.url, { method: "POST", body: bytes });
    assertEquals([response.status, await response.text()], [413, "no"]);
  },
);

bounded(
  "a server that closes in the middle of the upload is an error",
  async () => {
    await using server = scripted(async (peer) => {
      await peer.head();
    });
    const body = noise(8_000_000);
    await failure(request(server.url, { method: "POST", body }), Error);
  },
);

bounded(
  "a connection is not used again for a response that came too early",
  async () => {
    await using server = scripted(async (peer) => {
      await peer.head();
      await peer.say(OK);
      await peer.drain();
    });
    await using client = new HttpClient();
    for (let i = 0; i < 2; i++) {
      const body = new ReadableStream<Uint8Array>();
      const response = await client.request(server.url, {
        method: "POST",
        body,
      });
      assertEquals(await response.text(), "ok");
    }
    assertEquals(server.connections, 2);
  },
);

// --------------------------------------------------------------- 100-continue

for (const way of ["option", "header"]) {
  bounded(
    `a body waits for the server's consent, asked for by ${way}`,
    async () => {
      await using server = scripted(async (peer) => {
        const head = await peer.head();
        assertStringIncludes(
          head.toLowerCase(),
          "\r\nexpect: 100-continue\r\n",
        );
        const body = peer.until("hello");
        await time.advance(999);
        assertEquals(await standing(body), "pending");
        await peer.say("HTTP/1.1 100 Continue\r\n\r\n");
        assertEquals(await body, "hello");
        await peer.say(OK);
      });
      const time = new ManualTime();
      const response = await request(
        server.url,
        timed(time, {
          method: "POST",
          body: "hello",
          ...(way === "option"
            ? { expectContinue: true }
            : { headers: { Expect: "100-Continue" } }),
        }),
      );
      assertEquals(await response.text(), "ok");
    },
  );
}

bounded("a server that refuses is spared the body", async () => {
  const rest = Promise.withResolvers<string>();
  await using server = scripted(async (peer) => {
    await peer.head();
    await peer.say("HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nn");
    // Longer than consent is waited for.
    await time.advance(1100);
    await peer.say("o");
    rest.resolve(new TextDecoder().decode(await peer.readAll()));
  });
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(Uint8Array.of(65)),
    cancel: cancelled.resolve,
  }, { highWaterMark: 0 });
  const time = new ManualTime();
  const response = await request(
    server.url,
    timed(time, { method: "POST", body, expectContinue: true }),
  );
  assertEquals([response.status, await response.text()], [401, "no"]);
  await cancelled.promise;
  assertEquals(await rest.promise, "");
});

bounded(
  "a server that does not know the expectation gets the body after a second",
  async () => {
    await using server = scripted(async (peer) => {
      await peer.head();
      const body = peer.until("hi");
      await time.advance(999);
      assertEquals(await standing(body), "pending");
      await time.advance(1);
      await peer.say(OK.replace("ok", await body));
    });
    const time = new ManualTime();
    const response = await request(
      server.url,
      timed(time, { method: "POST", body: "hi", expectContinue: true }),
    );
    assertEquals(await response.text(), "hi");
  },
);

bounded("after a 417 the request is sent without the expectation", async () => {
  const heads: string[] = [];
  await using server = scripted(async (peer) => {
    const head = await peer.head();
    heads.push(head);
    if (head.includes("expect:")) {
      await peer.say("HTTP/1.1 417 No\r\ncontent-length: 0\r\n\r\n");
    } else {
      await peer.until("hello");
      await peer.say(OK);
    }
    await peer.drain();
  });
  const response = await request(server.url, {
    method: "POST",
    body: "hello",
    expectContinue: true,
  });
  assertEquals(await response.text(), "ok");
  assertEquals(heads.map((head) => head.includes("expect:")), [true, false]);
});

bounded("a request without a body does not expect anything", async () => {
  await using server = scripted(async (peer) => {
    for (let head; (head = await peer.head()) !== "";) {
      assertEquals(head.includes("expect"), false);
      await peer.say(OK);
    }
  });
  await using client = new HttpClient();
  for (let i = 0; i < 2; i++) {
    const response = await client.request(server.url, { expectContinue: true });
    assertEquals(await response.text(), "ok");
  }
  assertEquals(server.connections, 1);
});

bounded("a garbled answer ends the upload as well", async () => {
  await using server = scripted(async (peer) => {
    await peer.head();
    await peer.say("what?\r\n\r\n");
    await peer.drain();
  });
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream<Uint8Array>({ cancel: cancelled.resolve });
  const error = await failure(
    request(server.url, { method: "POST", body }),
    HttpError,
  );
  assertStrictEquals(await cancelled.promise, error);
});
