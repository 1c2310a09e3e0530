/**
 * The options of `parley-server play`, and what its help says.
 *
 * @module
 */

import { LOG_OPTIONS } from "../../arguments/common_options.ts";
import {
  about,
  flag,
  optional,
  type ValuesOf,
} from "../../arguments/option.ts";
import { parseCount } from "../../arguments/values.ts";
import type { Manual } from "../../manual/manual.ts";
import {
  CONNECTION_LIMITS,
  LISTENING_OPTIONS,
} from "../../target/listening_options.ts";
import {
  WEBSOCKET_OPTIONS,
  WEBSOCKET_SERVER_OPTIONS,
} from "../../websocket/websocket_options.ts";
import { RECORD_STREAMS, SCRIPT_OPTIONS } from "../script_options.ts";

const { set, timeout, ...MESSAGES } = SCRIPT_OPTIONS;

/** The options by name. */
export const PLAY_OPTIONS = {
  set,
  ...about({ subject: "scripts", usual: true }, {
    "swap": flag(
      "plays the server's side of a client's script: sends what it expects, expects what it sends",
    ),
    "count": optional(
      "N",
      parseCount,
      "ends once the script was played N times; at a signal unless given",
    ),
  }),
  timeout,
  ...MESSAGES,
  ...CONNECTION_LIMITS,
  ...LISTENING_OPTIONS,
  ...WEBSOCKET_OPTIONS,
  ...WEBSOCKET_SERVER_OPTIONS,
  ...RECORD_STREAMS,
  ...LOG_OPTIONS,
} as const;

/** The options' values. */
export type PlayValues = ValuesOf<typeof PLAY_OPTIONS>;

/** What `parley-server play --help` says. */
export function playManual(): Manual {
  return {
    name: "parley-server play",
    usage: "SCRIPT ADDRESS... [options]",
    summary: "is the server that a script describes, to test clients",
    examples: [
      "parley-server play server.talk 7342",
      "parley-server play login.talk 7342 --swap --set id=7",
      "parley-server play smtp.talk 2525 --frame line,crlf --count 1",
    ],
    operands: [{
      title: "Operands",
      rows: [
        ["SCRIPT", "what the server sends and expects; see help scripts"],
        ["ADDRESS...", "where to listen; each connection is played to"],
      ],
    }],
    options: PLAY_OPTIONS,
    details: [
      {
        title: "What is played",
        rows: [
          [
            "each client",
            "gets the whole script from its beginning, whatever the others do; over UDP each address is a client",
          ],
          [
            "connect",
            "waits for the next client, whatever its ADDRESS: a script of two connections is played to two clients together",
          ],
          [
            "--swap",
            "takes a script that was written for talk. It must say what the server sends: a pattern that many messages fit, such as a regular expression, is refused with its line",
          ],
          [
            "failed",
            "a client that does something else is cut off. On standard output: the line, what was expected, what came, and the last three messages",
          ],
          [
            "exit code",
            "0 if the client did as the script says every time, 1 if not; a script that is cut by the end of the server does not count",
          ],
        ],
      },
    ],
  };
}
