/**
 * The command line of `parley-server`.
 *
 * @module
 */

import type { Address } from "../mod.ts";
import { readAddress } from "./address.ts";
import { type Arguments, parseArguments } from "./arguments.ts";
import {
  ADDRESSES,
  deadline,
  FRAMINGS,
  LOG_OPTIONS,
  MESSAGE_OPTIONS,
} from "./common_options.ts";
import {
  DATAGRAM_SERVICES,
  type DatagramService,
} from "./datagram_services.ts";
import { durationIn } from "./durations.ts";
import { UsageError } from "./exit_code.ts";
import { greet } from "./greet.ts";
import type { Manual } from "./help.ts";
import { checkHttp, HTTP_SECTION } from "./http/http_manual.ts";
import { checkJoin, JOIN_OPTIONS } from "./join_options.ts";
import { didYouMean } from "./nearest.ts";
import {
  flag,
  oneOf,
  optional,
  parseCount,
  parseMode,
  setting,
} from "./options.ts";
import { discard, echo, reverse, type Service, upper } from "./services.ts";
import { checkDatagrams, checkKinds } from "./server_checks.ts";
import { parseSize } from "./sizes.ts";
import type { Terminal } from "./terminal.ts";
import { TLS_OPTIONS } from "./tls_files.ts";

const OPTIONS = {
  ...MESSAGE_OPTIONS,
  "message": setting(
    "TEXT",
    "Welcome to the server!",
    (text) => text,
    "greet: what it says on connecting",
  ),
  "every": optional(
    "DURATION",
    durationIn({}),
    "greet: then sends the time at this interval",
  ),
  "count": optional(
    "N",
    parseCount,
    "greet: how often it sends the time; without it, until the peer is gone",
  ),
  "idle-timeout": deadline(
    "5m",
    "ends a connection without a byte in either direction for so long; none for no bound",
  ),
  "message-timeout": deadline(
    "30s",
    "ends a connection whose message, once begun, is not complete after so long",
  ),
  "send-timeout": deadline(
    "none",
    "ends a connection whose peer has not read for so long what waits for it",
  ),
  "max-connections": setting("N", "10000", parseCount, "most at once"),
  "max-connections-per-peer": optional(
    "N",
    parseCount,
    "most at once from one IP address; one more is refused",
  ),
  "when-full": setting(
    "POLICY",
    "wait",
    oneOf(["wait", "refuse"]),
    "what happens to one connection too many: wait or refuse",
  ),
  "root": optional(
    "DIR",
    (text) => text,
    "http: the folder whose files it gives away",
  ),
  "index": flag(
    "http: lists the folders below --root that have no index.html",
  ),
  "max-body": setting(
    "SIZE",
    "1MiB",
    parseSize,
    "http: largest body of a request; one that is larger is refused (413)",
  ),
  ...TLS_OPTIONS,
  "require-client-cert": flag(
    "TLS: lets in only clients with a certificate by --ca",
  ),
  "ca": optional(
    "FILE",
    (text) => text,
    "TLS: certificates in PEM of the authorities whose clients are let in",
  ),
  "handshake-timeout": deadline("10s", "TLS: bounds agreeing on it"),
  "proxy-protocol-from": optional(
    "CIDR,...",
    parseRanges,
    "the proxies that tell their clients' addresses first (PROXY protocol v1, v2), such as 10.0.0.0/8; of others such a header is data",
  ),
  "mode": optional(
    "MODE",
    parseMode,
    "who may connect to a unix: address, as for chmod: 600 or 660",
  ),
  ...JOIN_OPTIONS,
  "workers": setting(
    "N",
    "1",
    parseWorkers,
    "threads that share the ports of tcp: and tls: addresses, and --max-connections; worth it from one busy core on",
  ),
  "grace": setting(
    "DURATION",
    "5s",
    durationIn({ zero: true }),
    "how long connections may take to finish at SIGINT or SIGTERM",
  ),
  ...LOG_OPTIONS,
} as const;

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
  usage: "SERVICE ADDRESS... [options], or: parley-server cert --help",
  summary: "answers messages over sockets, in any framing",
  examples: [
    "parley-server echo 7342",
    "parley-server upper 7342 --frame length:4 --max-message 16MiB",
    "parley-server greet :7342 --frame header:10 --every 1s",
    "parley-server echo tls://localhost:7343 --cert cert.pem --key key.pem",
    "parley-server upper unix:/tmp/app.sock --mode 600",
    "parley-server echo 7342 udp://127.0.0.1:7342 --log json",
    "parley-server http 8080 --root public --index",
    "parley-server upper udp://0.0.0.0:7342 --join 239.1.2.3",
  ],
  sections: [
    { title: "Services", rows: Object.entries(SUMMARIES) },
    HTTP_SECTION,
    {
      ...ADDRESSES,
      rows: [...ADDRESSES.rows, ["0", "a free port, see the first line"]],
    },
    FRAMINGS,
    {
      title: "Output",
      rows: [[
        "",
        "One line on standard error per address it listens on, then one per address that other machines can use, if it listens on every interface or a name; then a line per connection opened, closed and refused, and when accepting pauses and resumes. A datagram has a line with --verbose only, one that is refused has one always, five a second at most; the counts come at the end. --quiet leaves the first kind and pauses. SIGINT and SIGTERM let connections finish and exit 0; a second one cuts them; SIGHUP reads --cert and --key again for connections to come.",
      ]],
    },
    {
      title: "Permissions",
      rows: [[
        "",
        "the network; the environment variable NO_COLOR; reading and writing files: Unix sockets are some, certificates and what is below --root are read, and nothing else is written but by cert; system information: the network interfaces, to tell what other machines can use, and the umask for --mode.",
      ]],
    },
  ],
  options: OPTIONS,
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
  readonly options: Arguments<typeof OPTIONS>["options"];
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
  const { given, operands, options } = parseArguments(args, OPTIONS);
  const [name, ...places] = operands;
  if (name === undefined) {
    throw new UsageError(
      "there is no service; write SERVICE ADDRESS, such as: echo 7342",
    );
  }
  const service = serviceNamed(name, options, terminal);
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

const MOST_WORKERS = 64;

function parseWorkers(text: string): number {
  const count = parseCount(text);
  if (count <= MOST_WORKERS) return count;
  throw new UsageError(
    `${text} workers are too many; write a number from 1 to ${MOST_WORKERS}, at most one per core`,
  );
}

function parseRanges(text: string): readonly string[] {
  return text.split(",").map((range) => range.trim());
}

function serviceNamed(
  name: string,
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
  const names = Object.keys(SUMMARIES);
  throw new UsageError(
    `there is no service "${name}"${
      didYouMean(name, names)
    }; the services are ${names.join(", ")}`,
  );
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
