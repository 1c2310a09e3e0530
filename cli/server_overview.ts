/**
 * What `parley-server --help` says.
 *
 * @module
 */

import type { Overview } from "./manual/manual.ts";
import { commandRows, SHELL_ROW } from "./overview_rows.ts";
import { SERVER_COMMANDS, SERVICE_COMMANDS } from "./server_commands.ts";

/** One screen about the executable. */
export const SERVER_OVERVIEW: Overview = {
  name: "parley-server",
  summary: "answers messages over sockets, in any framing",
  usages: ["SERVICE ADDRESS... [options]"],
  examples: [
    "parley-server echo 7342",
    "parley-server upper 7342 --frame length:4 --max-message 16MiB",
    "parley-server print udp://127.0.0.1:7342 unix:/tmp/app.sock",
    "parley-server echo tls://localhost:7343 --cert cert.pem --key key.pem",
    "parley-server http 8080 --root public --index",
  ],
  sections: [
    { title: "Services", rows: commandRows(SERVICE_COMMANDS) },
    {
      title: "Further commands",
      rows: [...commandRows(SERVER_COMMANDS), SHELL_ROW],
    },
    {
      title: "More",
      rows: [
        ["SERVICE --help", "its options; --help all: every option, and more"],
        [
          "help TOPIC",
          "frames, protocols, formats, addresses, scripts, faults, exit-codes, tls",
        ],
      ],
    },
  ],
};
