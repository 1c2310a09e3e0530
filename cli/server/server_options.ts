/**
 * The command line of `parley-server`.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { readAddress } from "../arguments/address.ts";
import { type Arguments, parseArguments } from "../arguments/parse.ts";
import { ADDRESSES, FRAMINGS } from "../arguments/common_options.ts";
import {
  DATAGRAM_SERVICES,
  type DatagramService,
} from "../udp/datagram_services.ts";
import { UsageError } from "../output/exit_code.ts";
import { greet } from "./greet.ts";
import type { Manual } from "../arguments/help.ts";
import { checkHttp, HTTP_SECTION } from "../http/server/http_manual.ts";
import { checkJoin } from "../udp/join_options.ts";
import { didYouMean } from "../arguments/nearest.ts";
import { discard, echo, reverse, type Service, upper } from "./services.ts";
import { checkDatagrams, checkKinds } from "./server_checks.ts";
import { SERVER_OPTIONS } from "./server_option_table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What the services do, for `--help`. */
const SUMMARIES = {
  echo: "answers each message with itself",
  upper: "answers in Unicode upper case; what is not UTF-8 is an error",
  reverse: "answers with the bytes in reverse order",
  greet: "speaks first, see --message, --every, --count",
  discard: "reads and counts",
  http: "shows a browser what it sent; with --root, gives files away",
} as const;

type ServiceName = keyof typeof SUMMARIES;

/** What `--help` says. */
export const SERVER_MANUAL: Manual = {
  name: "parley-server",
  usage: "SERVICE ADDRESS... [options]",
  summary: "answers messages over sockets, in any framing",
  examples: [
    "parley-server echo 7342",
    "parley-server upper 7342 --frame length:4 --max-message 16MiB",
    "parley-server greet :7342 --frame header:10 --every 1s",
    "parley-server cert --out .          (a certificate to try TLS; cert --help)",
    "parley-server echo tls://localhost:7343 --cert cert.pem --key key.pem",
    "parley-server upper unix:/tmp/app.sock --mode 600",
    "parley-server echo 7342 udp://127.0.0.1:7342 --log json",
    "parley-server http 8080 --root public --index",
    "parley-server upper udp://0.0.0.0:7342 --join 239.1.2.3",
  ],
  operands: [
    { title: "Services", rows: Object.entries(SUMMARIES) },
    {
      ...ADDRESSES,
      rows: [
        ...ADDRESSES.rows,
        [":7342", "every interface, IPv4 and IPv6, so other machines too"],
        ["0", "a free port, which the first line of the log tells"],
      ],
    },
    FRAMINGS,
  ],
  options: SERVER_OPTIONS,
  details: [
    HTTP_SECTION,
    {
      title: "Log, on standard error",
      rows: [
        [
          "first",
          "a line per address it listens on, then one per address that other machines can use, if it listens on every interface or a name",
        ],
        [
          "connections",
          "a line when one is opened, closed or refused, and when accepting pauses and resumes",
        ],
        [
          "datagrams",
          "a line with --verbose only; one that is refused has one always, five a second at most; the counts come at the end",
        ],
        ["--quiet", "leaves the addresses it listens on, and pauses"],
      ],
    },
    {
      title: "Signals",
      rows: [
        [
          "SIGINT, SIGTERM",
          "let connections finish and exit 0; a second one cuts them",
        ],
        ["SIGHUP", "reads --cert and --key again for connections to come"],
      ],
    },
    {
      title: "Permissions",
      rows: [[
        "",
        "the network; the environment variable NO_COLOR; reading and writing files: Unix sockets are some, certificates and what is below --root are read, and nothing else is written but by cert; system information: the network interfaces, to tell what other machines can use, and the umask for --mode.",
      ]],
    },
  ],
};

/** What a server is asked to do. */
export interface ServerCommand {
  /** The command line itself, for further workers. */
  readonly args: readonly string[];
  /** Name of the service. */
  readonly name: string;
  /** What to do with a connection: exchange messages, or speak HTTP. */
  readonly service: Service | "http";
  /** What to do with a datagram; there is something if an address is UDP's. */
  readonly datagramService: DatagramService | undefined;
  /** Where to listen. */
  readonly addresses: readonly Address[];
  /** The options that were given, be it with the value of their default. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: Arguments<typeof SERVER_OPTIONS>["options"];
}

/**
 * Reads the command line of the server.
 *
 * @param args The command line.
 * @param terminal Whose clock `greet` tells.
 * @returns What it asks for.
 * @throws {UsageError} If something is wrong with it.
 */
export function parseServerArguments(
  args: readonly string[],
  terminal: Terminal,
): ServerCommand {
  const { given, operands, options } = parseArguments(args, SERVER_OPTIONS);
  const [name, ...places] = operands;
  if (name === undefined) {
    throw new UsageError(
      "there is no service; write SERVICE ADDRESS, such as: echo 7342",
    );
  }
  const service = serviceNamed(name, places, options, terminal);
  if (places.length === 0) {
    throw new UsageError(
      `there is no address; write for example: ${name} 7342`,
    );
  }
  const addresses = places.map(readAddress);
  checkHttp(name, addresses, given);
  checkKinds(addresses, given);
  const datagramService = DATAGRAM_SERVICES[name];
  checkDatagrams(name, addresses, given);
  checkJoin(addresses, options);
  return { args, name, service, datagramService, addresses, given, options };
}

function serviceNamed(
  name: string,
  places: readonly string[],
  options: ServerCommand["options"],
  terminal: Terminal,
): Service | "http" {
  switch (name as ServiceName) {
    case "echo":
      return echo;
    case "upper":
      return upper;
    case "reverse":
      return reverse;
    case "discard":
      return discard;
    case "greet":
      return greeter(options, terminal);
    case "http":
      return "http";
  }
  throw new UsageError(`there is no service "${name}"${hint(name, places)}`);
}

/** What was meant by a service that there is none of. */
function hint(name: string, places: readonly string[]): string {
  const names = Object.keys(SUMMARIES);
  const service = places.find((place) => names.includes(place));
  if (service !== undefined) {
    return `; the service comes first, write: ${service} ${name}`;
  }
  // Where to find help is said in any case.
  if (name === "help") return "";
  return `${didYouMean(name, names)}; the services are ${names.join(", ")}`;
}

function greeter(
  options: ServerCommand["options"],
  terminal: Terminal,
): Service {
  const { count, every, frame, message } = options;
  if (count !== undefined && every === undefined) {
    throw new UsageError(
      "--count is for --every; write for example: --every 1s --count 3",
    );
  }
  if (every !== undefined && frame.boundary === "close") {
    throw new UsageError(
      "--every sends several messages and --frame close is for one; write for example: --frame line",
    );
  }
  return greet({
    message,
    everyMs: every,
    count: count ?? Infinity,
    now: () => terminal.now(),
  });
}
