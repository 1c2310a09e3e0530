/**
 * Mistakes that the types find, and that a program without types makes.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { connect, serve } from "@parley/parley";
import { serveHttp } from "@parley/parley/http";

type Call = (...given: unknown[]) => Promise<unknown>;

const MISTAKES: readonly [what: string, call: () => unknown, error: string][] =
  [
    [
      "serve() without anything",
      () => (serve as Call)(),
      'Cannot listen on undefined: it must be an Address, or a string such as "127.0.0.1:7342"',
    ],
    [
      "serve() without a handler",
      () => (serve as Call)("127.0.0.1:0"),
      "Cannot serve: the handler must be a function",
    ],
    [
      "serveHttp() without a handler",
      () => (serveHttp as Call)("127.0.0.1:0", {}),
      "Cannot serve: the handler must be a function",
    ],
    [
      "connect() to a number",
      () => (connect as Call)(7342),
      'Cannot connect to 7342: it must be an Address, or a string such as "127.0.0.1:7342"',
    ],
    [
      "connect() with a number for a framing",
      () => (connect as Call)("127.0.0.1:1", { framing: 4 }),
      'Cannot use framing of 4: it must be a Framing, or a string such as "length:4"',
    ],
  ];

for (const [what, call, message] of MISTAKES) {
  Deno.test(`${what} says what is missing`, async () => {
    const error = await assertRejects(async () => await call(), TypeError);
    assertEquals(error.message, message);
  });
}
