/**
 * The options of the client that are about HTTP.
 *
 * @module
 */

import { UsageError } from "../../output/failure.ts";
import type { Section } from "../../manual/manual.ts";
import { flag, optional, repeated, setting } from "../../arguments/option.ts";
import { parseSize, writtenSize } from "../../arguments/sizes.ts";
import { parseFormField } from "./form_field.ts";
import { asTyped } from "../../arguments/values.ts";

/** The options that need an `http:` or `https:` address. */
export const HTTP_OPTIONS = {
  "head": flag(
    "shows only the status line and header fields",
    { usual: true, letter: "I" },
  ),
  "include": flag(
    "shows status line and header fields before the body",
    { usual: true, letter: "i" },
  ),
  "method": optional(
    "METHOD",
    parseMethod,
    "GET unless given; with --data or --form POST",
    { usual: true, letter: "X" },
  ),
  "header": repeated(
    "FIELD",
    parseField,
    "a header field: 'Accept: text/html'; repeatable",
    { usual: true, letter: "H", appliesTo: ["http", "ws"] },
  ),
  "user": optional(
    "NAME:PASSWORD",
    parseUser,
    "a name and password for the server (Basic authentication)",
    {
      usual: true,
      letter: "u",
      instead: {
        messages: "for UDP write udp:PORT, or udp://HOST:PORT",
        datagrams: "the address says that it is UDP",
      },
    },
  ),
  "data": optional(
    "DATA",
    parseData,
    "the body: a text, @FILE for a file's, - for standard input",
    { usual: true, letter: "d" },
  ),
  "form": repeated(
    "FIELD",
    parseFormField,
    "a field of a form as the body, NAME=VALUE or NAME=@FILE; repeatable",
    { usual: true, letter: "F" },
  ),
  "raw": flag(
    "shows request and response byte for byte, line ends too",
    { usual: true },
  ),
  "output": optional(
    "FILE",
    asTyped,
    "writes the body to a file, which appears once it is complete",
    { usual: true, letter: "o" },
  ),
  "continue-at": optional(
    "-",
    parseContinuation,
    "- goes on where --output FILE ends, if the server still has the same, and keeps what has arrived",
    { letter: "C" },
  ),
  "location": flag("follows redirects, at most 20 of them", {
    usual: true,
    letter: "L",
  }),
  "compressed": flag(
    "allows the server to compress the body, and decompresses it",
  ),
  "bare-line-feed": flag(
    "accepts a line feed alone as a line end (hand-written servers)",
  ),
  "lenient": flag(
    "accepts faults of responses that browsers accept, and tells them",
  ),
  "max-body": setting(
    "SIZE",
    // A download of any size that a disk has room for, and still a bound.
    writtenSize(16 * 2 ** 30),
    parseSize,
    "largest body received, decompressed",
  ),
} as const;

/** What `--help` says about HTTP. */
export const HTTP_SECTION: Section = {
  title: "HTTP",
  rows: [
    [
      "http://HOST/PATH",
      "or https: asks a web server and prints the body; control bytes in it are escaped on a terminal and untouched otherwise",
    ],
    [
      "status 400 to 599",
      "the body is printed, a line gives the status, and the exit code is 1",
    ],
    [
      "--output FILE",
      "is written for a status of 200 to 299. Until it is complete, its name is .parley-...part in the same folder",
    ],
    [
      "--continue-at -",
      "leaves what has arrived in FILE, with the date that the server gives, and asks for the rest the next time. If the server has something else by then, or gives no date, all of it is asked for",
    ],
    [
      "--raw",
      "> marks what is sent, < what is received. Each line feed ends a line; \\r \\n \\t \\xHH stand for bytes that could drive a terminal or are not UTF-8, \\\\ for a backslash.",
    ],
    [
      "",
      "--timeout bounds the whole request. Without it, --connect-timeout bounds connecting, and --idle-timeout (30s unless given) each wait for a byte of the answer.",
    ],
  ],
};

/** The source of the body. */
export type DataSource =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "input" };

// RFC 9110, section 5.6.2.
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

function parseMethod(text: string): string {
  if (!TOKEN.test(text)) {
    throw new UsageError(`"${text}" is not a method; write for example: PUT`);
  }
  const upper = text.toUpperCase();
  if (upper === "CONNECT") {
    throw new UsageError(
      "CONNECT asks a proxy for a tunnel, behind which HTTP ends; use another method",
    );
  }
  // Methods are case-sensitive (RFC 9110, section 9.1), and no server has a
  // "get".
  if (/^(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/.test(upper)) return upper;
  return text;
}

function parseField(text: string): [name: string, value: string] {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(colon, 0));
  if (!TOKEN.test(name)) {
    throw new UsageError(
      `"${text}" is not a header field; write a name, a colon and a value, such as 'Accept: text/html'`,
    );
  }
  const value = text.slice(colon + 1).trim();
  // RFC 9110, section 5.5: a character is a byte.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new UsageError(
      `the value of ${name} holds what a header field cannot; write printable characters up to U+00FF alone`,
    );
  }
  return [name, value];
}

function parseContinuation(text: string): "-" {
  if (text === "-") return text;
  throw new UsageError(
    "it goes on where the file ends and nowhere else; write --continue-at -",
  );
}

function parseUser(text: string): string {
  if (text.includes(":")) return text;
  throw new UsageError(
    "it needs a name, a colon and a password, such as 'NAME:PASSWORD'; for UDP write: parley-client udp:7342",
  );
}

function parseData(text: string): DataSource {
  if (text === "-" || text === "@-") return { kind: "input" };
  if (!text.startsWith("@")) return { kind: "text", text };
  const path = text.slice(1);
  if (path !== "") return { kind: "file", path };
  throw new UsageError(
    "@ needs the name of a file, such as @body.json; a text that begins with @ goes by standard input: --data -",
  );
}
