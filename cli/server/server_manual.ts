/**
 * What `parley-server SERVICE --help` says.
 *
 * @module
 */

import { applicable, TYPED_TRANSPORTS } from "../arguments/kinds.ts";
import type { Manual, Section } from "../manual/manual.ts";
import { kindsOf } from "./server_command.ts";
import { SERVER_OPTIONS } from "./server_option_table.ts";
import { SERVICES } from "./services.ts";

const LOG: Section = {
  title: "Log",
  rows: [
    ["", "Everything but the messages goes to standard error."],
    [
      "first",
      "a line per address that it listens on; then one per address for other machines, if it listens on every interface or on a name",
    ],
    [
      "connections",
      "a line when one is opened, closed or refused, and when accepting pauses and resumes",
    ],
    [
      "datagrams",
      "a line each with --verbose only; refused ones always have a line, at most five a second; the totals come at the end",
    ],
    [
      "--quiet",
      "keeps only the listening addresses, pauses, and peers that break the framing",
    ],
  ],
};

const SIGNALS: Section = {
  title: "Signals",
  rows: [
    [
      "SIGINT, SIGTERM",
      "let connections finish and exit 0; a second one, more than 500 ms later, cuts them",
    ],
    ["SIGHUP", "reads --cert and --key again for connections to come"],
  ],
};

const PERMISSIONS: Section = {
  title: "Permissions",
  rows: [[
    "",
    "the network; the environment variable NO_COLOR; reading and writing files: Unix sockets are files; certificates and files below --root are read; --record and --pcapng are written, and cert writes others; system information: the network interfaces, to show addresses for other machines, and the umask for --mode.",
  ]],
};

/**
 * Makes the manual of a service.
 *
 * @param name The name of the service.
 * @returns Its manual: the options that apply to it, and what it does.
 */
export function manualOf(name: string): Manual {
  const service = SERVICES[name]!;
  const kinds = TYPED_TRANSPORTS
    .filter((transport) =>
      transport !== "udp" || service.notOverUdp === undefined
    )
    .flatMap((transport) => kindsOf(name, service, { transport }));
  return {
    name: `parley-server ${name}`,
    usage: "ADDRESS... [options]",
    summary: service.summary,
    examples: service.examples,
    operands: [],
    options: applicable(SERVER_OPTIONS, kinds),
    details: [
      ...service.details ?? [],
      LOG,
      SIGNALS,
      PERMISSIONS,
    ],
  };
}
