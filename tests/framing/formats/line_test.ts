import { assertEquals, assertStringIncludes } from "@std/assert";
import { latin1 } from "../../support/chunkings.ts";
import { codecSuite, decodeAll } from "../../support/codec_suite.ts";

const samples = ["", "a", "hello", "a\rb", "\0\xff", "h\xc3\xa9"];

codecSuite({
  framing: "line",
  samples,
  golden: [["hello", "hello\n"], ["", "\n"], ["a\rb", "a\rb\n"]],
  reads: [
    ["a\r\nb\n", ["a", "b"]],
    ["a\r\r\n", ["a\r"]],
    ["\r\n\n", ["", ""]],
  ],
  rejects: [
    ["a\nbc", "truncated", "message 2 at byte 2"],
    ["ab\r", "truncated", "after 3 bytes"],
    ["x".repeat(1001) + "\n", "too_large", "limit of 1000 bytes"],
    ["x".repeat(1001), "too_large", "it begins 78 78"],
    ["x".repeat(1000) + "\r", "truncated", "after 1001 bytes"],
    ["x".repeat(1000) + "\rx\n", "too_large", "limit of 1000 bytes"],
  ],
  refuses: [
    ["a\nb", "line feed at byte 1"],
    ["a\r", "carriage return"],
    ["\r", "carriage return"],
    ["x".repeat(1001), "the limit is 1000 bytes"],
  ],
});

codecSuite({
  framing: "line,crlf",
  samples: [...samples, "a\r", "\r"],
  golden: [["hello", "hello\r\n"], ["a\r", "a\r\r\n"]],
  reads: [["a\nb\r\n", ["a", "b"]]],
  rejects: [["a\r\nb\r", "truncated", "message 2 at byte 3"]],
  refuses: [["a\r\nb", "line feed at byte 2"]],
});

codecSuite({
  framing: "line,eof",
  samples,
  eof: true,
  golden: [["hello", "hello\n"]],
  reads: [
    ["a\nb", ["a", "b"]],
    ["a\nb\r", ["a", "b\r"]],
    ["a\n", ["a"]],
    ["", []],
  ],
  rejects: [["x".repeat(1000) + "\r", "too_large", "limit of 1000 bytes"]],
});

codecSuite({ framing: "line,crlf,eof", samples, eof: true });

Deno.test("line() with eof holds a last line without its end to the limit", () => {
  const decode = (text: string) => decodeAll("line,eof", [latin1(text)], 5);
  assertEquals(decode("a\nhello").messages, ["a", "hello"]);
  assertStringIncludes(decode("a\nhello\r").error!, "too_large");
});
