/**
 * The options of `parley-client talk`, and what its help says.
 *
 * @module
 */

import { about, optional, type ValuesOf } from "../../arguments/option.ts";
import { asTyped } from "../../arguments/values.ts";
import { CLIENT_OPTIONS } from "../../client/client_option_table.ts";
import type { Manual } from "../../manual/manual.ts";
import { RECORD_STREAMS, SCRIPT_OPTIONS } from "../script_options.ts";

const { set, timeout, ...MESSAGES } = SCRIPT_OPTIONS;

/** An option of the client whose help says something of its own commands. */
const RETRY = {
  ...CLIENT_OPTIONS.retry,
  help: "tries again to connect for this long while the server is not ready",
};

// The screen of --help has no room for all that a message to an ADDRESS has.
const { usual: _header, ...HEADER } = CLIENT_OPTIONS.header;
const { usual: _insecure, ...INSECURE } = CLIENT_OPTIONS.insecure;

/** The options by name. */
export const TALK_OPTIONS = {
  set,
  timeout,
  ...about({ subject: "scripts" }, {
    "report": optional(
      "FILE",
      asTyped,
      "writes the results of the scripts to FILE as JUnit XML, which CI systems read",
      { usual: true },
    ),
  }),
  ...MESSAGES,
  "chunks": CLIENT_OPTIONS.chunks,
  "annotate": CLIENT_OPTIONS.annotate,
  "read-size": CLIENT_OPTIONS["read-size"],
  "write-size": CLIENT_OPTIONS["write-size"],
  "write-delay": CLIENT_OPTIONS["write-delay"],
  "connect-timeout": CLIENT_OPTIONS["connect-timeout"],
  "retry": RETRY,
  "idle-timeout": CLIENT_OPTIONS["idle-timeout"],
  "message-timeout": CLIENT_OPTIONS["message-timeout"],
  "send-timeout": CLIENT_OPTIONS["send-timeout"],
  "proxy-protocol": CLIENT_OPTIONS["proxy-protocol"],
  "proxy-source": CLIENT_OPTIONS["proxy-source"],
  "header": { ...HEADER, subject: "WebSocket" },
  "protocol": CLIENT_OPTIONS.protocol,
  "ws-type": CLIENT_OPTIONS["ws-type"],
  "deflate": CLIENT_OPTIONS.deflate,
  "ping": CLIENT_OPTIONS.ping,
  "origin": CLIENT_OPTIONS.origin,
  "ca": CLIENT_OPTIONS.ca,
  "server-name": CLIENT_OPTIONS["server-name"],
  "insecure": INSECURE,
  "cert": CLIENT_OPTIONS.cert,
  "key": CLIENT_OPTIONS.key,
  "alpn": CLIENT_OPTIONS.alpn,
  "tls-engine": CLIENT_OPTIONS["tls-engine"],
  "handshake-timeout": CLIENT_OPTIONS["handshake-timeout"],
  ...RECORD_STREAMS,
  "log": CLIENT_OPTIONS.log,
  "quiet": CLIENT_OPTIONS.quiet,
  "verbose": CLIENT_OPTIONS.verbose,
  "help": CLIENT_OPTIONS.help,
  "version": CLIENT_OPTIONS.version,
} as const;

/** The options' values. */
export type TalkValues = ValuesOf<typeof TALK_OPTIONS>;

/** What `parley-client talk --help` says. */
export const TALK_MANUAL: Manual = {
  name: "parley-client talk",
  usage: "SCRIPT... ADDRESS [options]",
  summary: "holds scripted conversations, and checks the replies",
  examples: [
    "parley-client talk login.talk 7342",
    "parley-client talk login.talk tls://localhost:7343 --ca cert.pem",
    "parley-client talk tests/*.talk 7342 --report junit.xml",
    "parley-client talk greet.talk 7342 --set name=Ann --frame length:4",
  ],
  operands: [{
    title: "Operands",
    rows: [
      ["SCRIPT...", "scripts, which run one after the other; see help scripts"],
      [
        "ADDRESS",
        "the server; it may be left out where every script names its servers with connect",
      ],
    ],
  }],
  options: TALK_OPTIONS,
  details: [
    {
      title: "What comes of it",
      rows: [
        [
          "passed",
          "every statement went as it says; a line on standard error for each script, and one for all",
        ],
        [
          "failed",
          "on standard output: the line of the script, what was expected, what came, and the last three messages; the other scripts still run",
        ],
        [
          "exit code",
          "0 if all have passed, 1 if a conversation differs from its script; 2 if a script is wrong, and then nothing was opened",
        ],
        ["Ctrl-C", "ends it, and shows the results of the scripts so far"],
      ],
    },
  ],
};
