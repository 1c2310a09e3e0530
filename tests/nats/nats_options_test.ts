/** The options of the backbone on NATS. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { natsBackbone } from "../../lib/nats/nats_backbone.ts";
import { natsSettings } from "../../lib/nats/nats_options.ts";

Deno.test("natsSettings() reads servers, with credentials and TLS in their addresses", () => {
  const read = (...servers: string[]) => {
    const { credentials, secure, servers: found } = natsSettings({ servers });
    return [found.join(), credentials, secure];
  };

  assertEquals(read("10.0.0.1"), ["10.0.0.1:4222", undefined, undefined]);
  assertEquals(read("nats://h:80", "[::1]:5"), [
    "h:80,[::1]:5",
    undefined,
    undefined,
  ]);
  assertEquals(read("tls://h"), ["h:4222", undefined, {}]);
  assertEquals(read("a", "nats://u:p%40@b"), [
    "a:4222,b:4222",
    { user: "u", password: "p@" },
    undefined,
  ]);
  assertEquals(read("nats://to%ken@b")[1], { token: "to%ken" });
});

Deno.test("natsSettings() refuses an address that it does not understand, without its password", () => {
  for (
    const server of [
      ...["", "ws://h", "http://h:1", "nats://h:0", "nats://h:65536"],
      ...["nats://h/path", "a:b:c", "nats://h?x", "nats://user:secret@"],
    ]
  ) {
    const error = assertThrows(
      () => natsSettings({ servers: server }),
      TypeError,
    );
    assert(!error.message.includes("secret"), error.message);
  }
  assertThrows(() => natsSettings({ servers: [] }), TypeError);
});

Deno.test("natsBackbone() refuses credentials that are not what they should be", () => {
  for (
    const credentials of [
      { creds: "not a file of credentials" },
      { nkeySeed: "SUAM" },
      { nkeySeed: "" },
    ]
  ) {
    const error = assertThrows(
      () => natsBackbone({ servers: "h", credentials }),
      TypeError,
    );
    assert(!error.message.includes("SUAM"), error.message);
  }
});

Deno.test("natsSettings() checks numbers before any I/O", () => {
  for (
    const option of [
      { replicas: 0 },
      { replicas: 6 },
      { replicas: 1.5 },
      { retryMs: -1 },
      { connectTimeoutMs: 0 },
      { pingIntervalMs: NaN },
    ]
  ) {
    assertThrows(
      () => natsSettings({ servers: "h", ...option }),
      RangeError,
      Object.keys(option)[0]!,
    );
  }
});
