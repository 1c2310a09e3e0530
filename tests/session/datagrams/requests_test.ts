import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  ClosedError,
  ConnectionError,
  TimeoutError,
} from "../../../lib/errors.ts";
import {
  type DatagramEvent,
  type DatagramOptions,
  DatagramSettings,
} from "../../../lib/session/datagrams/datagram_options.ts";
import { EncodedSocket } from "../../../lib/session/datagrams/encoded_socket.ts";
import { bindUdp } from "../../../lib/session/datagrams/bind_udp.ts";
import type { DatagramSocket } from "../../../lib/session/datagrams/datagram_socket.ts";
import type { DatagramRequestOptions } from "../../../lib/session/datagrams/requests/request_options.ts";
import { Address } from "../../../lib/transport/address.ts";
import { ManualTime } from "../../support/manual_time.ts";
import { standing } from "../harness.ts";
import {
  peer,
  ScriptedEndpoint,
  settled,
} from "../../support/scripted_endpoint.ts";

const TEXT = { encoding: "text" } as const;
const ANY = "udp://127.0.0.1:0";

Deno.test("DatagramSocket.request() gives the answer, and gives it to nobody else", async () => {
  const { endpoint, socket } = scripted();
  const loop = socket.receive();
  endpoint.onSend = ({ to }) => endpoint.arrive("answer", to);
  assertEquals(await socket.request("question", peer(1)), "answer");
  endpoint.arrive("unasked", peer(1));
  assertEquals((await loop)?.message, "unasked");
  await socket.close();
});

Deno.test("DatagramSocket.request() takes an answer from the peer asked only, by address and by port", async () => {
  const { endpoint, socket } = scripted();
  endpoint.onSend = () => {
    endpoint.arrive("other port", peer(2));
    endpoint.arrive("other host", new Address("udp", "192.0.2.2", 1));
    endpoint.arrive("answer", peer(1));
  };
  assertEquals(await socket.request("question", peer(1)), "answer");
  // The others' wait for whoever receives.
  assertEquals((await socket.receive())?.message, "other port");
  assertEquals((await socket.receive())?.message, "other host");
  await socket.close();
});

for (
  const [asked, answers] of [
    ["::1", "0:0:0:0:0:0:0:1"],
    ["2001:DB8::1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
  ] as const
) {
  Deno.test(`DatagramSocket.request() to ${asked} takes an answer from ${answers}`, async () => {
    const { endpoint, socket } = scripted();
    endpoint.onSend = () =>
      endpoint.arrive("answer", new Address("udp", answers, 1));
    const to = new Address("udp", asked, 1);
    assertEquals(await socket.request("question", to), "answer");
    await socket.close();
  });
}

Deno.test("DatagramSocket.request() sends again, each time after a longer wait, and then gives up", async () => {
  const time = new ManualTime();
  const { endpoint, socket } = scripted({}, time);
  const given = assertRejects(
    () =>
      socket.request("question", peer(1), {
        attempts: 3,
        backoff: 3,
        timeoutMs: 20,
      }),
    TimeoutError,
  );
  await settled();
  await time.advance(259);
  assertEquals(await standing(given), "pending");
  await time.advance(1);
  const error = await given;
  assertEquals(error.deadline, "receive");
  assertEquals(error.timeoutMs, 260);
  assertEquals(
    error.message,
    "Cannot get a reply from udp://192.0.2.1:1: timed out after 3 attempts in 260 ms; nothing may be listening there, a datagram may be lost, or the reply came from another address: UDP does not tell which",
  );
  assertEquals(endpoint.sent.length, 3);
  const [first, second, third] = endpoint.sent;
  assertEquals(second!.bytes, first!.bytes);
  assertEquals([first!.atMs, second!.atMs, third!.atMs], [0, 20, 80]);
  await socket.close();
});

Deno.test("DatagramSocket.request() counts each time it is sent again, and tells onEvent which attempt it is", async () => {
  const events: DatagramEvent[] = [];
  const time = new ManualTime();
  const { endpoint, socket } = scripted({
    onEvent: (event) => events.push(event),
  }, time);
  endpoint.onSend = ({ to }) => {
    if (endpoint.sent.length === 3) endpoint.arrive("at last", to);
  };
  const options = { attempts: 5, timeoutMs: 5 };
  const answer = socket.request("x", peer(1), options);
  await settled();
  await time.advance(5 + 10);
  assertEquals(await answer, "at last");
  assertEquals(events, [
    { type: "resent", to: peer(1), attempt: 2, attempts: 5 },
    { type: "resent", to: peer(1), attempt: 3, attempts: 5 },
  ]);
  assertEquals(socket.stats.resent, 2);
  assertEquals(socket.stats.datagramsOut, 3);
  await socket.close();
});

for (const code of ["reset", "refused"] as const) {
  Deno.test(`DatagramSocket.request() ends at once when the system says that nothing is listening there (${code})`, async () => {
    const { endpoint, socket } = scripted();
    const cause = new ConnectionError(code, { reason: "as Windows says" });
    endpoint.onSend = () => endpoint.break(cause);
    const error = await assertRejects(
      () => socket.request("x", peer(1), { timeoutMs: 20_000 }),
      ConnectionError,
      "Cannot get a reply from udp://192.0.2.1:1: nothing is listening there, the system says (port unreachable)",
    );
    assertEquals(error.code, "refused");
    assertStrictEquals(error.cause, cause);
    // The socket stays usable, for this address too.
    endpoint.onSend = ({ to }) => endpoint.arrive("here now", to);
    assertEquals(await socket.request("x", peer(1)), "here now");
    await socket.close();
  });
}

Deno.test("DatagramSocket.request() passes over such a word of the system where it may be about another address", async () => {
  const { endpoint, socket } = scripted();
  await socket.send("hello", peer(2));
  endpoint.onSend = ({ to }) => {
    endpoint.break(new ConnectionError("reset", { reason: "as Windows says" }));
    endpoint.arrive("answer", to);
  };
  assertEquals(await socket.request("x", peer(1)), "answer");
  await socket.close();
});

Deno.test("DatagramSocket.request() takes the answer to any of its attempts", async () => {
  const time = new ManualTime();
  const { endpoint, socket } = scripted({}, time);
  endpoint.onSend = ({ to }) => {
    if (endpoint.sent.length === 3) endpoint.arrive("at last", to);
  };
  const options = { attempts: 5, timeoutMs: 5 };
  const answer = socket.request("x", peer(1), options);
  await settled();
  await time.advance(5 + 10);
  assertEquals(await answer, "at last");
  assertEquals(endpoint.sent.length, 3);
  await socket.close();
});

Deno.test("DatagramSocket.request() sends the same bytes again though the caller has changed them", async () => {
  const time = new ManualTime();
  const endpoint = new ScriptedEndpoint();
  const settings = new DatagramSettings<Uint8Array, Uint8Array>({}, time);
  await using socket = new EncodedSocket(endpoint, settings);
  const message = Uint8Array.of(1, 2, 3);
  endpoint.onSend = ({ to }) => {
    message.fill(0);
    if (endpoint.sent.length === 2) endpoint.arrive("done", to);
  };
  const answer = socket.request(message, peer(1), { timeoutMs: 5 });
  await settled();
  await time.advance(5);
  await answer;
  assertEquals(endpoint.sent[1]!.bytes, Uint8Array.of(1, 2, 3));
});

Deno.test("DatagramSocket.request() to several peers waits for all at the same time, whatever the order of their answers", async () => {
  const { endpoint, socket } = scripted();
  endpoint.onSend = () => {
    if (endpoint.sent.length < 3) return;
    for (const port of [3, 1, 2]) endpoint.arrive(`from ${port}`, peer(port));
  };
  const answers = await Promise.all(
    [1, 2, 3].map((port) => socket.request("x", peer(port))),
  );
  assertEquals(answers, ["from 1", "from 2", "from 3"]);
  await socket.close();
});

Deno.test("DatagramSocket.request() to the same peer waits for the one before, and goes on when that one fails", async () => {
  const time = new ManualTime();
  const { endpoint, socket } = scripted({}, time);
  endpoint.onSend = ({ bytes, to }) => {
    const text = new TextDecoder().decode(bytes);
    if (text === "lost") return;
    void settled().then(() => endpoint.arrive(`to ${text}`, to));
  };
  const ask = (text: string, options?: DatagramRequestOptions<string>) =>
    socket.request(text, peer(1), options).catch((error) => error.name);
  const answers = Promise.all([
    ask("a"),
    ask("lost", { attempts: 1, timeoutMs: 5 }),
    ask("b"),
    ask("c"),
  ]);
  while (await standing(answers) === "pending") await time.advance(5);
  assertEquals(await answers, ["to a", "TimeoutError", "to b", "to c"]);
  assertEquals(
    endpoint.sent.map(({ bytes }) => new TextDecoder().decode(bytes)),
    ["a", "lost", "b", "c"],
  );
  await socket.close();
});

Deno.test("DatagramSocket.request() that gives up its place in the line lets nobody pass who is behind it", async () => {
  const { endpoint, socket } = scripted();
  const controller = new AbortController();
  const first = socket.request("a", peer(1));
  const second = socket.request("b", peer(1), { signal: controller.signal });
  const third = socket.request("c", peer(1));
  await settled();
  const reason = new Error("changed my mind");
  controller.abort(reason);
  assertStrictEquals(await second.catch((error) => error), reason);
  await settled();
  assertEquals(endpoint.sent.length, 1);
  endpoint.arrive("to a", peer(1));
  assertEquals(await first, "to a");
  await settled();
  endpoint.arrive("to c", peer(1));
  assertEquals(await third, "to c");
  await socket.close();
});

Deno.test("DatagramSocket.request() with accepts finds its answer among others, out of order, at the same time", async () => {
  const { endpoint, socket } = scripted();
  endpoint.onSend = ({ to }) => {
    if (endpoint.sent.length < 3) return;
    for (const id of [2, 9, 3, 1]) endpoint.arrive(`${id}: answer`, to);
  };
  const answers = await Promise.all(
    [1, 2, 3].map((id) =>
      socket.request(`${id}: question`, peer(1), {
        accepts: (message) => message.startsWith(`${id}:`),
      })
    ),
  );
  assertEquals(answers, ["1: answer", "2: answer", "3: answer"]);
  assertEquals((await socket.receive())?.message, "9: answer");
  await socket.close();
});

Deno.test("DatagramSocket.request() rejects with what accepts throws, and the message goes to whoever receives", async () => {
  const { endpoint, socket } = scripted();
  endpoint.onSend = ({ to }) => endpoint.arrive("answer", to);
  const mistake = new Error("a mistake of the caller's");
  const accepts = () => {
    throw mistake;
  };
  const error = await socket.request("x", peer(1), { accepts })
    .catch((error) => error);
  assertStrictEquals(error, mistake);
  assertEquals((await socket.receive())?.message, "answer");
  await socket.close();
});

Deno.test("DatagramSocket.request() does not take what its peer sent before it asked, read or unread", async () => {
  const time = new ManualTime();
  const { endpoint, socket } = scripted({}, time);
  // Unread: in the system's queue since before the first request.
  endpoint.arrive("stale", peer(1));
  endpoint.onSend = ({ to }) => endpoint.arrive("first answer", to);
  assertEquals(await socket.request("first", peer(1)), "first answer");

  // Too late for its request, and nobody reads the socket.
  endpoint.onSend = () => {};
  const second = assertRejects(
    () => socket.request("second", peer(1), { attempts: 1, timeoutMs: 5 }),
    TimeoutError,
  );
  await settled();
  await time.advance(5);
  await second;
  endpoint.arrive("late answer", peer(1));
  await settled();
  endpoint.onSend = ({ to }) => endpoint.arrive("third answer", to);
  assertEquals(await socket.request("third", peer(1)), "third answer");

  assertEquals((await socket.receive())?.message, "stale");
  assertEquals((await socket.receive())?.message, "late answer");
  await socket.close();
});

for (const when of ["later", "at the same time"] as const) {
  Deno.test(`DatagramSocket.request() over a real socket does not take a second answer to the request before, when asked ${when}`, async () => {
    await using server = bindUdp(ANY, TEXT);
    await using client = bindUdp(ANY, TEXT);
    const options = { attempts: 2, backoff: 100, timeoutMs: 10 };
    const ask = (text: string) => client.request(text, server.address, options);
    const first = ask("a");
    const early = when === "later" ? undefined : ask("b");
    await server.receive();
    const { from } = (await server.receive())!;
    // As of a server that was busy: one answer to each attempt, at once.
    await server.send("to a", from);
    await server.send("to a again", from);
    assertEquals(await first, "to a");
    const second = early ?? ask("b");
    assertEquals((await server.receive())?.message, "b");
    await server.send("to b", from);
    assertEquals(await second, "to b");
    assertEquals((await client.receive())?.message, "to a again");
  });
}

Deno.test("DatagramSocket.request() over a real socket does not take the answer to one that was given up", async () => {
  await using server = bindUdp(ANY, TEXT);
  await using client = bindUdp(ANY, TEXT);
  const given = new AbortController();
  const first = client.request("a", server.address, { signal: given.signal });
  const { from } = (await server.receive())!;
  await server.send("to a", from);
  given.abort();
  await assertRejects(() => first, DOMException);
  const second = client.request("b", server.address);
  assertEquals((await server.receive())?.message, "b");
  await server.send("to b", from);
  assertEquals(await second, "to b");
  assertEquals((await client.receive())?.message, "to a");
});

Deno.test("DatagramSocket.request() is sent also when datagrams never stop to come", async () => {
  const { endpoint, socket } = scripted({ maxQueuedDatagrams: 1 });
  const flood = setInterval(() => endpoint.arrive("flood", peer(2)));
  endpoint.onSend = ({ to }) => endpoint.arrive("answer", to);
  assertEquals(await socket.request("x", peer(1)), "answer");
  clearInterval(flood);
  await socket.close();
});

Deno.test("DatagramSocket.request() over a real socket does not take what came before it asked", async () => {
  await using server = bindUdp(ANY, TEXT);
  await using client = bindUdp(ANY, TEXT);
  await server.send("stale", client.address);
  const answer = client.request("question", server.address);
  const { from } = (await server.receive())!;
  await server.send("answer", from);
  assertEquals(await answer, "answer");
  assertEquals((await client.receive())?.message, "stale");
});

Deno.test("DatagramSocket.request() passes over an answer that cannot be decoded, and says so when there is no other", async () => {
  const time = new ManualTime();
  const { endpoint, socket } = scripted({}, time);
  endpoint.onSend = ({ to }) => endpoint.arrive(Uint8Array.of(0xff), to);
  const options = { attempts: 1, timeoutMs: 5 };
  const given = assertRejects(
    () => socket.request("x", peer(1), options),
    TimeoutError,
    "timed out after 1 attempt in 5 ms; 1 of its datagrams could not be used, the last because: Cannot decode the datagram of 1 bytes (ff) from udp://192.0.2.1:1: its bytes are not valid UTF-8",
  );
  await settled();
  await time.advance(5);
  await given;
  endpoint.onSend = ({ to }) => {
    endpoint.arrive(Uint8Array.of(0xff), to);
    endpoint.arrive("fine", to);
  };
  assertEquals(await socket.request("x", peer(1), options), "fine");
  await socket.close();
});

Deno.test("DatagramSocket.request() ends with the signal's reason, before and while it waits, and leaves nothing behind", async () => {
  const { endpoint, socket } = scripted();
  const reason = { any: "thing" };
  const caught = (signal: AbortSignal) =>
    socket.request("x", peer(1), { signal }).catch((error) => error);
  assertStrictEquals(await caught(AbortSignal.abort(reason)), reason);
  assertEquals(endpoint.sent, []);

  const controller = new AbortController();
  const waiting = caught(controller.signal);
  await settled();
  controller.abort(reason);
  assertStrictEquals(await waiting, reason);
  endpoint.arrive("nobody's answer", peer(1));
  assertEquals((await socket.receive())?.message, "nobody's answer");
  await socket.close();
});

Deno.test("DatagramSocket.request() that cannot be sent says why at once", async () => {
  const { endpoint, socket } = scripted();
  const down = new ConnectionError("unreachable", {
    reason: "the network is down",
  });
  endpoint.onSend = () => Promise.reject(down);
  assertStrictEquals(
    await socket.request("x", peer(1)).catch((error) => error),
    down,
  );
  await socket.close();
});

Deno.test("DatagramSocket.close() fails the requests that wait for an answer and those that wait for their turn, and sends none of them", async () => {
  const { endpoint, socket } = scripted();
  const never = { accepts: () => false };
  const caught = [{}, {}, {}, never, never].map((options) =>
    socket.request("x", peer(1), options).catch((error) => error)
  );
  await settled();
  assertEquals(endpoint.sent.length, 3);
  await socket.close();
  for (const error of await Promise.all(caught)) {
    assertInstanceOf(error, ClosedError);
  }
  assertEquals(endpoint.sent.length, 3);
});

Deno.test("DatagramSocket.request() refuses those who cannot be asked and options out of range, unsent", async () => {
  const { endpoint, socket } = scripted();
  for (const many of ["255.255.255.255", "224.0.0.1", "ff02::1"]) {
    await assertRejects(
      () => socket.request("x", new Address("udp", many, 1)),
      TypeError,
      "many may reply, each from an address of its own",
    );
  }
  for (
    const options of [
      { attempts: 0 },
      { attempts: 1.5 },
      { backoff: 0.5 },
      { backoff: Infinity },
      { timeoutMs: 0 },
      { timeoutMs: NaN },
    ]
  ) {
    const [name] = Object.keys(options);
    await assertRejects(
      () => socket.request("x", peer(1), options),
      RangeError,
      `Cannot use ${name} of`,
    );
  }
  assertEquals(endpoint.sent, []);
  await socket.close();
});

Deno.test("DatagramSocket.request() to a name asks its address", async () => {
  await using server = bindUdp(ANY, TEXT);
  await using client = bindUdp(ANY, TEXT);
  const answer = client.request("x", `localhost:${server.address.port}`);
  const { from } = (await server.receive())!;
  await server.send("answer", from);
  assertEquals(await answer, "answer");
});

Deno.test("DatagramSocket.request() to a port where nobody is times out", async () => {
  await using gone = bindUdp(ANY);
  await using client = bindUdp(ANY, TEXT);
  const { address } = gone;
  await gone.close();
  await assertRejects(
    () => client.request("x", address, { attempts: 2, timeoutMs: 5 }),
    TimeoutError,
    `Cannot get a reply from ${address}: timed out after 2 attempts in 15 ms`,
  );
});

for (
  const [limit, reason, option] of [
    [
      { maxQueuedDatagrams: 2 },
      "2 of 2 datagrams wait to be received",
      "maxQueuedDatagrams",
    ],
    [
      { maxQueuedBytes: 9 },
      "8 of 9 bytes wait to be received",
      "maxQueuedBytes",
    ],
  ] as const
) {
  Deno.test(`DatagramSocket drops what nobody receives after a request, beyond ${Object.keys(limit)}`, async () => {
    const events: DatagramEvent[] = [];
    const { endpoint, socket } = scripted({
      ...limit,
      onEvent: (event) => events.push(event),
    });
    endpoint.onSend = ({ to }) => endpoint.arrive("answer", to);
    await socket.request("x", peer(1));
    for (const text of ["one1", "two2", "drop"]) {
      endpoint.arrive(text, peer(2));
    }
    await settled();
    assertEquals(socket.stats.dropped, 1);
    assertEquals(events, [{
      type: "dropped",
      from: peer(2),
      bytes: 4,
      reason,
      option,
    }]);
    // An answer is not subject to it, and what was received makes room.
    assertEquals(await socket.request("x", peer(1)), "answer");
    assertEquals((await socket.receive())?.message, "one1");
    endpoint.arrive("four", peer(2));
    await settled();
    assertEquals((await socket.receive())?.message, "two2");
    assertEquals((await socket.receive())?.message, "four");
    assert(endpoint.pending === 1);
    await socket.close();
  });
}

function scripted(options: DatagramOptions = {}, time?: ManualTime): {
  endpoint: ScriptedEndpoint;
  socket: DatagramSocket<string>;
} {
  const endpoint = new ScriptedEndpoint(time);
  const socket = new EncodedSocket(
    endpoint,
    new DatagramSettings<string, string>({ ...options, ...TEXT }, time),
  );
  return { endpoint, socket };
}
