/**
 * What `parley-server bridge --help` says.
 *
 * @module
 */

import type { Manual } from "../manual/manual.ts";
import { BRIDGE_OPTIONS } from "./bridge_option_table.ts";

/** Makes the manual of the command. */
export function bridgeManual(): Manual {
  return {
    name: "parley-server bridge",
    usage: "LISTEN TARGET [options]",
    summary: "joins two sides that frame or carry messages differently",
    examples: [
      "parley-server bridge ws://:8080 127.0.0.1:7342 --target-frame length:4",
      "parley-server bridge line@7000 netstring@unix:app.sock",
      "parley-server bridge lsp@- 127.0.0.1:7342",
    ],
    operands: [{
      title: "Addresses",
      rows: [
        [
          "LISTEN",
          "where clients connect to; - is one client, on standard input and output",
        ],
        [
          "TARGET",
          "the server, which a connection is opened to for each client",
        ],
      ],
    }],
    options: BRIDGE_OPTIONS,
    details: [{
      title: "Messages",
      rows: [
        ["one in, one out", "a message is passed on whole and unchanged"],
        [
          "udp:",
          "one datagram is one message; a peer is a client until --peer-timeout, and has what TARGET sends for it; a TARGET has 1 s for each answer once the client has finished",
        ],
        [
          "not possible",
          "a message that the other side's framing or limit cannot hold ends the connection, after the messages before it; the log says why, and to ws: the close frame: code 1009 if it is too large, else 1011",
        ],
        [
          "the end",
          "of one side is passed on; the other one may still answer, a browser that has closed for 5 s. A bridge of standard input ends when TARGET has",
        ],
        [
          "slow readers",
          "slow the sender; memory stays within --max-buffered and --max-message",
        ],
        [
          "TARGET is down",
          "a client of ws: gets status 502, as TARGET is connected to first; others are closed at once. The log says why, and the bridge goes on",
        ],
        [
          "SIGINT, SIGTERM",
          "end connections once what has arrived is passed on, within --grace",
        ],
      ],
    }],
  };
}
