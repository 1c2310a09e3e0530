/**
 * What `parley-server tap --help` says.
 *
 * @module
 */

import type { Manual } from "../manual/manual.ts";
import { TAP_OPTIONS } from "./tap_option_table.ts";

/** Makes the manual of the command. */
export function tapManual(): Manual {
  return {
    name: "parley-server tap",
    usage: "LISTEN TARGET [options]",
    summary: "passes connections on to a server and shows the messages",
    examples: [
      "parley-server tap 9000 127.0.0.1:6379 --frame redis --page 8080",
      "parley-server tap 9000 tls://db.example:5432 --frame length:4,inclusive",
      "parley-server tap unix:/tmp/tap.sock unix:/tmp/app.sock --format json",
      "parley-server tap udp:9053 udp:192.0.2.1:53 --format hex",
      "parley-server tap 9000 7342 --fault delay:200ms --fault corrupt:0.1%",
    ],
    operands: [{
      title: "Addresses",
      rows: [
        ["LISTEN", "where clients connect to, instead of to TARGET"],
        ["TARGET", "the server, which a connection is opened to for each"],
      ],
    }],
    options: TAP_OPTIONS,
    details: [
      {
        title: "Output",
        rows: [
          [
            "a line",
            "connection, direction (→ to the server), number, size, time, message; then how long the answer took, and in how many reads the message came if more than one",
          ],
          [
            "WebSocket",
            "with ws: as LISTEN, or --frame websocket where LISTEN is tcp: and the handshake passes too: each frame with its kind (text, binary, continuation, close, ping, pong), whether fragments follow, and its payload without the mask; --annotate draws the frame as it is",
          ],
          [
            "!N",
            "bytes that do not fit the framing; they are passed on unchanged, and reads are shown as they are from there on",
          ],
          [
            "fault ...",
            "a fault of --fault that strikes what comes next, or what does not come; see help faults",
          ],
          [
            "slow readers",
            "never slow the traffic: what cannot be shown in time is counted, and the count is reported on standard error",
          ],
          [
            "--page",
            "the conversation over time: blocks as wide as their messages, marks where reads ended, the parts of a frame at a click; for this machine alone unless HOST:PORT or :PORT is given, at an address that cannot be guessed",
          ],
          [
            "--filter",
            "a message is shown if one of the filters matches, and none with ! in front does; a regular expression looks at its first 64 KiB, and one that takes longer than 500 ms is left out from then on",
          ],
        ],
      },
      {
        title: "Connections",
        rows: [
          [
            "bytes",
            "are passed on unchanged and in order, and so are the end of one side alone and the loss of a side; --fault changes that on purpose",
          ],
          [
            "TARGET is down",
            "a client of ws: gets status 502, as TARGET is connected to first, or code 1011 with --connect late; others are closed at once. The log says why, and the tap goes on",
          ],
          [
            "TLS",
            "is ended on the side that has a tls: address, so messages are seen in clear",
          ],
          [
            "SIGINT, SIGTERM",
            "end connections once what has arrived is passed on and answered, within --grace, and exit 0; a second one, more than 500 ms later, cuts them",
          ],
          ["SIGHUP", "reads --cert and --key again for connections to come"],
        ],
      },
    ],
  };
}
