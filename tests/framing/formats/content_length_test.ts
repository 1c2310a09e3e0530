import { assertEquals, assertStringIncludes } from "@std/assert";
import { latin1 } from "../../support/chunkings.ts";
import { codecSuite, decodeAll } from "../../support/codec_suite.ts";

const RPC = '{"jsonrpc":"2.0"}';
const HEAD = "Content-Length: 17\r\n\r\n";

codecSuite({
  framing: "content-length",
  samples: ["", "a", "hello", "\r\n\r\n"],
  golden: [[RPC, HEAD + RPC], ["", "Content-Length: 0\r\n\r\n"]],
  reads: [
    ["content-LENGTH:17\r\n\r\n" + RPC, [RPC]],
    ["Content-Length:\t 17 \t\r\n\r\n" + RPC, [RPC]],
    ["Content-Length: 017\r\n\r\n" + RPC, [RPC]],
    [
      "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + HEAD +
      RPC,
      [RPC],
    ],
    ["Content-Length: 1\r\nX: \xff\r\nContent-Length: 1\r\n\r\na", ["a"]],
  ],
  rejects: [
    ["X-Other: 1\r\n\r\n", "malformed", "has no Content-Length"],
    ["\r\n", "malformed", "has no Content-Length"],
    [
      "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "malformed",
      "two lengths, 1 and 2",
    ],
    ["Content-Length: +1\r\n", "malformed", '"+1" instead of 1 to 20 digits'],
    ["Content-Length: -1\r\n", "malformed", '"-1" instead of'],
    ["Content-Length: 0x1\r\n", "malformed", '"0x1" instead of'],
    ["Content-Length: \r\n", "malformed", '"" instead of'],
    ["Content-Length: 1 2\r\n", "malformed", '"1 2" instead of'],
    ["Content-Length: 1, 1\r\n", "malformed", '"1, 1" instead of'],
    ["Content-Length: \xa01\r\n", "malformed", "instead of 1 to 20 digits"],
    [
      "Content-Length: 1\n\n",
      "malformed",
      "the line feed (0a) at position 18 has no CR (0d) before it",
    ],
    [
      "Content-Length: 1\r\r\n\r\r\n",
      "malformed",
      "the CR (0d) at position 18 is followed by byte 0d instead of LF (0a)",
    ],
    ["\n", "malformed", "these end with LF"],
    ["A: 1\r\r\n", "malformed", "turned into CR CR LF"],
    [
      "A: b\rc\r\n",
      "malformed",
      'the CR (0d) at position 5 is followed by "c" (63)',
    ],
    [
      '{"jsonrpc":"2.0"}',
      "malformed",
      "this looks like JSON without a header",
    ],
    [
      "Content-Length: 1\r\n{",
      "malformed",
      'cannot begin with "{" (7b), at position 20',
    ],
    ["12:39 server started\n", "malformed", "at position 21 has no CR"],
    ["Server started\r\n", "malformed", "is that a line of a log?"],
    [" Content-Length: 1\r\n", "malformed", "cannot begin with byte 20"],
    [
      "Content-Length : 1\r\n",
      "malformed",
      "no blank may stand before the colon",
    ],
    ["INFO : started\r\n", "malformed", "is that a line of a log?"],
    [": 1\r\n", "malformed", 'cannot begin with ":" (3a)'],
    ["GET / HTTP/1.1\r\n", "malformed", "this looks like an HTTP client"],
    ["Content-Length: 1001\r\n\r\n", "too_large", "size of 1001 bytes"],
    [
      "Content-Length: 9007199254740993\r\n\r\n",
      "too_large",
      "size of 9007199254740993 bytes",
    ],
    ["Content-Le", "truncated", "inside the header, after 10 bytes"],
    ["Content-Length: 5\r\n", "truncated", "inside the header, after 19"],
    ["Content-Length: 5\r\n\r\n", "truncated", "after 0 of the 5 bytes"],
    ["Content-Length: 5\r\n\r\nhel", "truncated", "after 3 of the 5 bytes"],
  ],
});

Deno.test("contentLength() reads a header block of 8192 bytes and rejects 8193", () => {
  const block = (size: number) =>
    latin1(`X: ${"x".repeat(size - 26)}\r\nContent-Length: 0\r\n\r\n`);
  assertEquals(block(8192).length, 8192);
  assertEquals(decodeAll("content-length", [block(8192)]).messages, [""]);
  for (const cut of [0, 100, 8191, 8192]) {
    const bytes = block(8193);
    assertStringIncludes(
      decodeAll("content-length", [bytes.slice(0, cut), bytes.slice(cut)])
        .error!,
      "header block is longer than 8192 bytes",
    );
  }
});
