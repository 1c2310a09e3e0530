import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { TimeoutError } from "@parley/parley";
import { HttpClient, HttpError, request } from "@parley/parley/http";
import { noise } from "../../support/foreign_http.ts";
import { standing } from "../../session/harness.ts";
import { ManualTime } from "../../support/manual_time.ts";
import {
  bounded,
  failure,
  scripted,
  type ScriptedPeer,
  timed,
} from "./scripted.ts";
import { busyPort } from "../../support/ports.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

for (
  const [what, said] of [
    ["says nothing", ""],
    ["begins a status line", "HTTP/1.1 2"],
    ["begins its headers", "HTTP/1.1 200 OK\r\nA: b\r\n"],
    ["sends informational heads only", "HTTP/1.1 102 Processing\r\n\r\n"],
  ] as const
) {
  bounded(`a server that ${what} is given up`, async () => {
    const asked = Promise.withResolvers<void>();
    await using server = scripted(async (peer) => {
      await peer.request();
      await peer.say(said);
      asked.resolve();
      await peer.drain();
    });
    const time = new ManualTime();
    const given = failure(
      request(server.url, timed(time, { responseTimeoutMs: 100 })),
      TimeoutError,
    );
    await asked.promise;
    await time.advance(99);
    assertEquals(await standing(given), "pending");
    await time.advance(1);
    const error = await given;
    assertEquals([error.deadline, error.timeoutMs], ["response", 100]);
  });
}

bounded("a head that comes byte by byte is no progress", async () => {
  const asked = Promise.withResolvers<ScriptedPeer>();
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say("HTTP/1.1 200 OK\r\nA: ");
    asked.resolve(peer);
    await peer.drain();
  });
  const time = new ManualTime();
  const given = failure(
    request(server.url, timed(time, { responseTimeoutMs: 200 })),
    TimeoutError,
  );
  const peer = await asked.promise;
  for (let i = 0; i < 20; i++) {
    assertEquals(await standing(given), "pending");
    await peer.say("b");
    await time.advance(10);
  }
  assertEquals((await given).deadline, "response");
});

bounded("each wait on a kept connection has a bound of its own", async () => {
  const asked = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const goOn = Promise.withResolvers<void>();
  await using server = scripted(async (peer) => {
    for (const waits of [undefined, goOn.promise]) {
      await peer.request();
      if (waits !== undefined) asked[1]!.resolve();
      await waits;
      await peer.say(OK);
    }
    await peer.request();
    asked[2]!.resolve();
    await peer.drain();
  });
  const time = new ManualTime();
  const options = timed(time, { keepAliveTimeoutMs: Infinity });
  await using client = new HttpClient(options);
  const ask = async (responseTimeoutMs: number) =>
    await (await client.request(server.url, { responseTimeoutMs })).text();
  assertEquals(await ask(100), "ok");
  // The first bound passes while the second answer is waited for.
  const second = ask(60_000);
  await asked[1]!.promise;
  await time.advance(200);
  goOn.resolve();
  assertEquals(await second, "ok");
  const given = failure(ask(150), TimeoutError);
  await asked[2]!.promise;
  await time.advance(149);
  assertEquals(await standing(given), "pending");
  await time.advance(1);
  const error = await given;
  assertEquals([error.deadline, error.timeoutMs], ["response", 150]);
  assertEquals(server.connections, 1);
});

bounded("a server that does not take the body is given up", async () => {
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using server = scripted(async (peer) => {
    await peer.head();
    asked.resolve();
    await goOn.promise;
  });
  const time = new ManualTime();
  const body = noise(32 * 1024 * 1024);
  const given = failure(
    request(
      server.url,
      timed(time, { method: "POST", body, responseTimeoutMs: 300 }),
    ),
    TimeoutError,
  );
  await asked.promise;
  // What the system takes for the server is progress.
  while (await standing(given) === "pending") await time.advance(300);
  assertEquals((await given).deadline, "response");
  goOn.resolve();
});

bounded(
  "neither a slow source nor a slow reader is held against the server",
  async () => {
    // More than comes in one read.
    const text = "a".repeat(300_000);
    await using server = scripted(async (peer) => {
      await peer.request();
      await peer.say(`HTTP/1.1 200 OK\r\n\r\n${text}`);
    });
    const asked = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        asked.resolve();
        await goOn.promise;
        controller.enqueue(Uint8Array.of(65));
        controller.close();
      },
    }, { highWaterMark: 0 });
    const time = new ManualTime();
    const answer = request(
      server.url,
      timed(time, {
        method: "POST",
        body,
        responseTimeoutMs: 500,
        bodyTimeoutMs: 200,
      }),
    );
    await asked.promise;
    await time.advance(900);
    goOn.resolve();
    const response = await answer;
    await time.advance(400);
    assertEquals(await response.text(), text);
  },
);

for (
  const [what, head] of [
    ["known length", "content-length: 99\r\n\r\nhello"],
    ["chunks", "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ["compressed bytes", "content-encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0"],
  ] as const
) {
  bounded(`a body of ${what} that stalls is an error`, async () => {
    await using server = scripted(async (peer) => {
      await peer.request();
      await peer.say(`HTTP/1.1 200 OK\r\n${head}`);
      await peer.drain();
    });
    const time = new ManualTime();
    const options = timed(time, { bodyTimeoutMs: 100 });
    const response = await request(server.url, options);
    const given = failure(response.text(), TimeoutError);
    assertEquals(await standing(given), "pending");
    // What of the body came late has begun the wait again.
    while (await standing(given) === "pending") await time.advance(100);
    const error = await given;
    assertEquals([error.deadline, error.timeoutMs], ["body", 100]);
  });
}

bounded("a body that comes slowly is no stalled one", async () => {
  const asked = Promise.withResolvers<ScriptedPeer>();
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n");
    asked.resolve(peer);
    await peer.drain();
  });
  const time = new ManualTime();
  const options = timed(time, { bodyTimeoutMs: 250 });
  const response = await request(server.url, options);
  const peer = await asked.promise;
  const reader = response.body!.getReader();
  let text = "";
  for (const character of "slowly") {
    const next = reader.read();
    await time.advance(200);
    await peer.say(character);
    text += new TextDecoder().decode((await next).value);
  }
  assertEquals(text, "slowly");
  assert((await reader.read()).done);
});

bounded("without deadlines nothing is cut off", async () => {
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say(OK);
  });
  const response = await request(server.url, {
    responseTimeoutMs: Infinity,
    bodyTimeoutMs: Infinity,
    connectTimeoutMs: Infinity,
  });
  assertEquals(await response.text(), "ok");
});

bounded("a connection that does not come is given up", async () => {
  using busy = await busyPort();
  const time = new ManualTime();
  const options = timed(time, { connectTimeoutMs: 100 });
  const given = failure(
    request(`http://127.0.0.1:${busy.port}/`, options),
    TimeoutError,
  );
  await time.advance(99);
  assertEquals(await standing(given), "pending");
  await time.advance(1);
  assertEquals((await given).deadline, "connect");
});

// -------------------------------------------------------------------- signal

const MINE = new Error("mine");

bounded("a signal aborted before sends nothing", async () => {
  await using server = scripted(() => Promise.resolve());
  const thrown = await failure(
    request(server.url, { signal: AbortSignal.abort(MINE) }),
    Error,
  );
  assertStrictEquals(thrown, MINE);
  assertEquals(server.connections, 0);
});

bounded("a signal ends the wait for a response, and the upload", async () => {
  const controller = new AbortController();
  await using server = scripted(async (peer) => {
    await peer.head();
    controller.abort(MINE);
    await peer.drain();
  });
  const cancelled = Promise.withResolvers<unknown>();
  const thrown = await failure(
    request(server.url, {
      signal: controller.signal,
      method: "POST",
      body: new ReadableStream<Uint8Array>({ cancel: cancelled.resolve }),
    }),
    Error,
  );
  assertStrictEquals(thrown, MINE);
  assertStrictEquals(await cancelled.promise, MINE);
});

for (const coding of ["identity", "gzip"]) {
  bounded(`a signal ends the reading of a body (${coding})`, async () => {
    const controller = new AbortController();
    const gone = Promise.withResolvers<void>();
    await using server = scripted(async (peer) => {
      await peer.request();
      await peer.say(
        `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\n\r\n\x1f\x8b`,
      );
      await peer.drain();
      gone.resolve();
    });
    const { signal } = controller;
    const response = await request(server.url, { signal });
    const reading = response.text();
    controller.abort(MINE);
    assertStrictEquals(await failure(reading, Error), MINE);
    await gone.promise;
  });
}

bounded("a signal ends a body that nobody is reading", async () => {
  const controller = new AbortController();
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say("HTTP/1.1 200 OK\r\n\r\nhello");
    await peer.drain();
  });
  const response = await request(server.url, { signal: controller.signal });
  const reader = response.body!.getReader();
  controller.abort(MINE);
  assertStrictEquals(await failure(reader.closed, Error), MINE);
});

bounded("a signal aborted after the end changes nothing", async () => {
  const controller = new AbortController();
  await using server = scripted(async (peer) => {
    while ((await peer.request()).head !== "") await peer.say(OK);
  });
  await using client = new HttpClient();
  const { signal } = controller;
  const response = await client.request(server.url, { signal });
  assertEquals(await response.text(), "ok");
  controller.abort(MINE);
  assertEquals(await (await client.request(server.url)).text(), "ok");
  assertEquals(server.connections, 1);
});

bounded(
  "a signal that outlives many requests is not burdened with them",
  async () => {
    await using server = scripted(async (peer) => {
      const { head } = await peer.request();
      if (head.startsWith("GET /bad")) await peer.say("what?\r\n\r\n");
      else await peer.say(head.startsWith("GET /part") ? OK.slice(0, -1) : OK);
    });
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (
      ...args: Parameters<typeof addEventListener>
    ) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (
      ...args: Parameters<typeof removeEventListener>
    ) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    for (let i = 0; i < 3; i++) {
      await (await request(server.url, { signal })).text();
      const part = await request(`${server.url}/part`, { signal });
      await part.body!.cancel();
      await failure(request(`${server.url}/bad`, { signal }), HttpError);
    }
    assertEquals(listeners, 0);
  },
);

bounded("what a callback throws fails the request", async () => {
  await using server = scripted(async (peer) => {
    await peer.request();
    await peer.say(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`);
    await peer.drain();
  });
  const fail = () => {
    throw MINE;
  };
  const failing = [
    { onBytes: fail },
    { onInformational: fail },
    { onBytes: (way: string) => way === "received" && fail() },
  ];
  for (const options of failing) {
    assertStrictEquals(
      await failure(request(server.url, options), Error),
      MINE,
    );
  }
});
