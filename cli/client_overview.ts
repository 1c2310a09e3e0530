/**
 * What `parley-client --help` says.
 *
 * @module
 */

import { CLIENT_COMMANDS } from "./client_commands.ts";
import type { Overview } from "./manual/manual.ts";
import { commandRows, SHELL_ROW } from "./overview_rows.ts";

/** One screen about the executable. */
export const CLIENT_OVERVIEW: Overview = {
  name: "parley-client",
  summary: "sends messages over a socket and shows the replies",
  usages: ["ADDRESS [MESSAGE...] [options]", "http://HOST/PATH [options]"],
  examples: [
    "parley-client 7342 hello",
    "parley-client 7342 'one' 'two' --frame length:4 --timeout 3s",
    "parley-client 7342 --frame header:10 < lines.txt",
    "parley-client tls://localhost:7343 hello --ca cert.pem",
    "parley-client http://127.0.0.1:8080/ --raw",
  ],
  sections: [
    {
      title: "What is sent",
      rows: [
        ["MESSAGE...", "each message; shows one reply for each, finishes"],
        ["a pipe or file", "each line of standard input is a message"],
        ["a terminal", "a prompt: Ctrl-D finishes sending, Ctrl-C leaves"],
      ],
    },
    {
      title: "The options used most",
      rows: [
        ["--frame SPEC", "where a message ends (default line)"],
        ["--format FORMAT", "text, json, hex, base64; help formats"],
        ["--timeout DURATION", "bounds connecting, and the wait for replies"],
        ["-v, --verbose", "prints more; -q, --quiet prints less"],
      ],
    },
    { title: "Commands", rows: commandRows(CLIENT_COMMANDS) },
    {
      title: "More",
      rows: [
        [
          "ADDRESS --help",
          "options for 7342, udp: or http:; --help all: every option",
        ],
        [
          "help TOPIC",
          "messages, udp, http; frames, protocols, formats, addresses, scripts, exit-codes, tls",
        ],
        SHELL_ROW,
      ],
    },
  ],
};
