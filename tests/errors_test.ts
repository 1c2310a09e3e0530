import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  ClosedError,
  ConnectionError,
  describeError,
  ProtocolError,
  TimeoutError,
} from "../lib/errors.ts";

Deno.test("every error is an Error, calls itself by its class and keeps its message", () => {
  for (
    const [name, error] of [
      ["ProtocolError", new ProtocolError("malformed", { reason: "why" })],
      ["ConnectionError", new ConnectionError("failed", { reason: "why" })],
      ["ClosedError", new ClosedError({ reason: "why" })],
      ["TimeoutError", new TimeoutError("idle", 5, { reason: "why" })],
    ] as const
  ) {
    assertInstanceOf(error, Error);
    assertEquals(error.name, name);
    assertEquals(error.constructor.name, name);
    assertEquals(error.message, "why");
    assertEquals(String(error), `${name}: why`);
  }
});

Deno.test("ProtocolError carries its code and details, and the cause apart from them", () => {
  const cause = new TypeError("bad byte");
  const firstBytes = Uint8Array.of(0x16, 3, 1);
  const error = new ProtocolError("too_large", {
    reason: "Cannot decode message",
    cause,
  }, {
    declaredBytes: 2n ** 60n,
    limitBytes: 1000,
    messageNumber: 3,
    streamOffset: 70,
    firstBytes,
    hint: "TLS to a plain port?",
  });

  assertEquals(error.code, "too_large");
  assertEquals(error.cause, cause);
  assertEquals(error.details, {
    declaredBytes: 2n ** 60n,
    limitBytes: 1000,
    messageNumber: 3,
    streamOffset: 70,
    firstBytes,
    hint: "TLS to a plain port?",
  });
});

Deno.test("ProtocolError keeps the cause among its parts", () => {
  const cause = new TypeError("bad byte");
  const parts = { action: "decode", reason: "bad" };
  assertEquals(
    new ProtocolError("malformed", { ...parts, cause }).cause,
    cause,
  );
});

Deno.test("ProtocolError without details has empty ones and no cause", () => {
  const error = new ProtocolError("truncated", {
    reason: "Cannot decode message",
  });

  assertEquals(error.details, {});
  assertEquals("cause" in error, false);
});

Deno.test("ConnectionError carries its code, the address and the system's error", () => {
  const cause = new Deno.errors.ConnectionReset("os error 104");
  const error = new ConnectionError("reset", {
    reason: "Cannot read",
    address: "tcp://127.0.0.1:7342",
    cause,
  });

  assertEquals(error.code, "reset");
  assertEquals(error.address, "tcp://127.0.0.1:7342");
  assertEquals(error.cause, cause);
});

Deno.test("ConnectionError without an address has none, and a cause only if one was given", () => {
  assertEquals(
    new ConnectionError("failed", { reason: "why" }).address,
    undefined,
  );
  assertEquals(
    "cause" in new ConnectionError("failed", { reason: "why" }),
    false,
  );
  // Whatever was thrown is the cause, also when it is no error.
  assertEquals(
    "cause" in
      new ConnectionError("failed", { reason: "why", cause: undefined }),
    true,
  );
});

Deno.test("ClosedError keeps its cause", () => {
  const cause = new Deno.errors.BadResource("Bad resource ID");

  assertEquals(
    new ClosedError({ reason: "Cannot write", cause }).cause,
    cause,
  );
});

Deno.test("TimeoutError names the deadline and its length", () => {
  const error = new TimeoutError("tls_handshake", 10_000, {
    reason: "Cannot connect",
  });

  assertEquals(error.deadline, "tls_handshake");
  assertEquals(error.timeoutMs, 10_000);
});

Deno.test("describeError() puts the parts into one sentence, the option in the reader's words", () => {
  const parts = {
    action: "connect to",
    address: "tcp://127.0.0.1:7342",
    reason: "no answer within 10 s",
    option: "connectTimeoutMs",
    advice: "check the network",
  };

  assertEquals(
    describeError(parts),
    "Cannot connect to tcp://127.0.0.1:7342: no answer within 10 s (connectTimeoutMs); check the network",
  );
  assertEquals(
    describeError(parts, (option) => `--flag-of-${option}`),
    "Cannot connect to tcp://127.0.0.1:7342: no answer within 10 s (--flag-of-connectTimeoutMs); check the network",
  );
  // A reader who has no such option is not told of it.
  assertEquals(
    describeError({ ...parts, advice: undefined }, () => undefined),
    "Cannot connect to tcp://127.0.0.1:7342: no answer within 10 s",
  );
  assertEquals(describeError({ reason: "why" }), "why");
});

Deno.test("describeError() takes other errors by their own text", () => {
  assertEquals(describeError(new SyntaxError("bad")), "bad");
  assertEquals(describeError("text"), "text");
  assertEquals(describeError(undefined), "undefined");
});
