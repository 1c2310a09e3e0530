/**
 * What a failure is to the shell, and to the person in front of it.
 *
 * ```text
 * error ─► exit code        one table, the same in --help
 *       └► one line         what failed, on which address, why, what to try
 * ```
 *
 * @module
 */

import {
  ClosedError,
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../mod.ts";

/** The exit codes by name. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  resolve: 3,
  connect: 4,
  listen: 5,
  tls: 6,
  framing: 7,
  lost: 8,
  local: 9,
  timeout: 124,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

/** An exit code. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** The exit codes as `--help` shows them. */
export const EXIT_CODES: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, "done"],
  [
    EXIT.failed,
    "a fault of the program; of the client: an HTTP status of 400 or more",
  ],
  [EXIT.usage, "usage or configuration"],
  [EXIT.resolve, "name resolution"],
  [EXIT.connect, "could not connect"],
  [EXIT.listen, "could not listen"],
  [EXIT.tls, "TLS"],
  [EXIT.framing, "framing: malformed, too large, cut off"],
  [EXIT.lost, "connection lost: reset, idle, or ended before every reply"],
  [EXIT.local, "local input or output"],
  [EXIT.timeout, "a --timeout ran out"],
  [EXIT.interrupted, "Ctrl-C"],
  [EXIT.brokenPipe, "standard output was closed early"],
  [EXIT.terminated, "terminated; a server that drained exits 0"],
];

/** A failure that knows its exit code. Without a message it ends in silence. */
export class Failure extends Error {
  /** Always `"Failure"`. */
  override readonly name: string = "Failure";
  /** What the shell is told. */
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command line is wrong; nothing was opened. */
export class UsageError extends Failure {
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.usage, message, options);
  }
}

/** How far a program had come when it failed. */
export type Stage = "connecting" | "listening" | "talking";

const BY_STAGE: Readonly<Record<Stage, ExitCode>> = {
  connecting: EXIT.connect,
  listening: EXIT.listen,
  talking: EXIT.lost,
};

// The others mean that the peer went quiet in the middle of it.
const BY_DEADLINE: Readonly<Record<string, ExitCode>> = {
  connect: EXIT.connect,
  tls_handshake: EXIT.tls,
  receive: EXIT.timeout,
};

/**
 * Finds the exit code of a failure.
 *
 * @param error What was thrown.
 * @param stage How far the program had come.
 * @returns The code.
 */
export function exitCodeOf(error: unknown, stage: Stage): ExitCode {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof ProtocolError) return EXIT.framing;
  if (error instanceof TimeoutError) {
    return BY_DEADLINE[error.deadline] ?? EXIT.lost;
  }
  if (error instanceof ClosedError) return EXIT.lost;
  if (error instanceof ConnectionError) {
    if (error.code === "unresolved") return EXIT.resolve;
    if (error.code === "tls") return EXIT.tls;
    return BY_STAGE[stage];
  }
  // Options that do not go together are found when the library sees them, which
  // is before it opens anything.
  const early = error instanceof TypeError || error instanceof RangeError;
  return early && stage !== "talking" ? EXIT.usage : EXIT.failed;
}

const TRY: Readonly<Record<string, string>> = {
  unresolved: "check the spelling, or give an IP address",
  unreachable: "check the address and the network",
  address_in_use:
    "stop the program that listens there, or use port 0 for a free one",
  address_not_available:
    "use 127.0.0.1 for this machine only, or :PORT for every interface",
  permission_denied: "use a port of 1024 or above",
  exhausted: "raise the limit with ulimit -n",
  too_large: "see --max-message and --frame",
  malformed: "check that both ends use the same --frame",
  truncated: "check that both ends use the same --frame",
  connect: "check the address, or allow more time with --connect-timeout",
  tls_handshake: "allow more time with --handshake-timeout",
  idle: "allow more time with --idle-timeout",
  message: "allow more time with --message-timeout",
  send: "allow more time with --send-timeout",
  receive:
    "allow more time with --timeout, or check that both ends use the same --frame",
};

/**
 * Describes a failure in one line.
 *
 * @param error What was thrown.
 * @param stage How far the program had come.
 * @returns What failed, on which address, why, and what to try; `""` for a
 * failure that is no news to anybody.
 */
export function describe(error: unknown, stage: Stage): string {
  const message = messageOf(error);
  if (error instanceof Failure) return lowerFirst(message);
  const advice = adviceFor(error, stage);
  return lowerFirst(message) + (advice === undefined ? "" : `; ${advice}`);
}

/** The library's names of options that its messages hold, and the flags. */
const FLAGS: Readonly<Record<string, string>> = {
  "(alpn)": "(--alpn)",
  "(maxBodyBytes)": "(--max-body)",
  "(maxMessageBytes)": "(--max-message)",
  "a larger maxMessageBytes": "a larger --max-message",
  "(caCerts)": "(--ca)",
  "(cert)": "(--cert)",
  "(key)": "(--key)",
  "(connectTimeoutMs)": "(--connect-timeout)",
  "(serverName)": "(--server-name)",
  "(tlsHandshakeTimeoutMs)": "(--handshake-timeout)",
};

/**
 * What went wrong, for those who write no code: with the flags of the command
 * line where a message of the library has its options.
 *
 * @param error What was thrown.
 * @returns Its message.
 */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(
    /\([a-zA-Z, ]+\)|a larger maxMessageBytes/g,
    (name) => FLAGS[name] ?? name,
  );
}

/** What to try when the two ends do not agree on TLS. */
function adviceForTls(message: string): string | undefined {
  if (/\(caCerts\)/.test(message)) {
    return "trust it with --ca FILE if you know whose it is";
  }
  if (/\(serverName\)/.test(message)) {
    return "if that is the right server, give its name with --server-name";
  }
  return undefined;
}

function adviceFor(error: unknown, stage: Stage): string | undefined {
  if (error instanceof TimeoutError) return TRY[error.deadline];
  if (error instanceof ProtocolError) return TRY[error.code];
  if (error instanceof ConnectionError) {
    if (error.code === "tls") return adviceForTls(error.message);
    if (error.address?.startsWith("unix:")) return adviceForUnix(error, stage);
    if (error.code === "refused") {
      return `start a server there, such as: parley-server echo ${error.address}`;
    }
    if (error.code === "reset") {
      return stage === "talking"
        ? "the server's log may say why"
        : "try again in a moment";
    }
    // Missing permissions of the runtime's have their own advice in the text.
    const isPort = /^(tcp|tls|udp):/.test(error.address ?? "") &&
      !error.message.includes("--allow");
    return error.code !== "permission_denied" || isPort
      ? TRY[error.code]
      : undefined;
  }
  if (exitCodeOf(error, stage) === EXIT.failed) {
    return "this is a fault of the program, please report it";
  }
  return undefined;
}

/** A path has no port, and something else may be there. */
function adviceForUnix(
  { address, code, message }: ConnectionError,
  stage: Stage,
): string | undefined {
  // A folder, or a file that is no socket.
  if (/ is there\b/.test(message)) return "check the path";
  switch (code) {
    case "refused":
      return stage === "listening"
        ? "make the folder, or check the path"
        : `start a server there, such as: parley-server echo ${address}`;
    case "address_in_use":
      return "stop the program that listens there, or use another path";
    case "permission_denied":
      return message.includes("--allow")
        ? undefined
        : "check who may use the file and its folder";
    case "reset":
      return stage === "talking" ? "the server's log may say why" : undefined;
    default:
      return TRY[code];
  }
}

/** The library's sentences begin with a capital, a line after `name:` does not. */
function lowerFirst(message: string): string {
  return /^[A-Z][a-z]/.test(message)
    ? message[0]!.toLowerCase() + message.slice(1)
    : message;
}
