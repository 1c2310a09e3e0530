/**
 * Turns a failure into an exit code for the shell and a line for the person.
 *
 * ```text
 * error ─► exit code        by class, code and stage
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
} from "../../lib/start.ts";
import { errorText } from "./error_text.ts";
import { EXIT, type ExitCode } from "./exit_code.ts";
import { Failure } from "./failure.ts";

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
  // The regular expression of the command line is at fault.
  search: EXIT.usage,
};

/**
 * Finds the exit code of a failure.
 *
 * @param stage How far the program had come.
 */
export function exitCodeOf(error: unknown, stage: Stage): ExitCode {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof ProtocolError) return EXIT.framing;
  if (error instanceof TimeoutError) {
    // The deadline of both handshakes, and ws: has no TLS.
    return error.deadline === "tls_handshake" &&
        error.address?.startsWith("ws:")
      ? EXIT.connect
      : BY_DEADLINE[error.deadline] ?? EXIT.lost;
  }
  if (error instanceof ClosedError) return EXIT.lost;
  if (error instanceof ConnectionError) {
    if (error.code === "unresolved") return EXIT.resolve;
    if (error.code === "tls") return EXIT.tls;
    return BY_STAGE[stage];
  }
  // The library finds options that contradict each other before it opens
  // anything.
  const early = error instanceof TypeError || error instanceof RangeError;
  return early && stage !== "talking" ? EXIT.usage : EXIT.failed;
}

/**
 * Describes a failure in one line.
 *
 * @param stage How far the program had come.
 * @returns What failed, on which address, why, and what to try; `""` for a
 * failure that needs no words, such as Ctrl-C.
 */
export function describe(error: unknown, stage: Stage): string {
  const text = errorText(error);
  if (error instanceof Failure) return text;
  const advice = adviceFor(error, stage);
  return advice === undefined ? text : `${text}; ${advice}`;
}

const BY_CODE: Readonly<Record<string, string>> = {
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
  overrun: "raise the limit with --max-buffered",
};

const BY_DEADLINE_ADVICE: Readonly<Record<string, string>> = {
  connect: "check the address, or allow more time with --connect-timeout",
  tls_handshake: "allow more time with --handshake-timeout",
  idle: "allow more time with --idle-timeout",
  message: "allow more time with --message-timeout",
  send: "allow more time with --send-timeout",
  receive:
    "allow more time with --timeout, or check that both ends use the same --frame",
};

/**
 * What to try when the two ends do not agree on TLS, by the option at fault.
 */
const BY_TLS_OPTION: Readonly<Record<string, string>> = {
  caCerts: "trust it with --ca FILE if you know whose it is",
  serverName: "if that is the right server, give its name with --server-name",
};

function adviceFor(error: unknown, stage: Stage): string | undefined {
  if (error instanceof TimeoutError) return BY_DEADLINE_ADVICE[error.deadline];
  if (error instanceof ProtocolError) {
    // What the bytes look like says more than that the framings may differ.
    const isKnown = error.framing !== undefined ||
      (error.code !== "too_large" && error.details.hint !== undefined);
    return isKnown ? undefined : BY_CODE[error.code];
  }
  if (error instanceof ConnectionError) {
    // The library's own advice is better, such as for a missing permission.
    if (error.advice !== undefined) return undefined;
    if (error.code === "tls") return BY_TLS_OPTION[error.option ?? ""];
    if (error.address?.startsWith("unix:")) return adviceForUnix(error, stage);
    if (error.code === "refused") {
      return `start a server there, such as: parley-server echo ${error.address}`;
    }
    if (error.code === "reset") {
      return stage === "talking"
        ? "the server's log may say why"
        : "try again in a moment";
    }
    const isPort = /^(tcp|tls|udp):/.test(error.address ?? "");
    return error.code !== "permission_denied" || isPort
      ? BY_CODE[error.code]
      : undefined;
  }
  if (exitCodeOf(error, stage) === EXIT.failed) {
    return "this is a fault of the program, please report it";
  }
  return undefined;
}

/**
 * The advice for a path: it has no port, and another kind of file may be there.
 */
function adviceForUnix(
  { address, code }: ConnectionError,
  stage: Stage,
): string | undefined {
  switch (code) {
    case "refused":
      return stage === "listening"
        ? "make the folder, or check the path"
        : `start a server there, such as: parley-server echo ${address}`;
    case "address_in_use":
      return "stop the program that listens there, or use another path";
    case "permission_denied":
      return "check who may use the file and its folder";
    case "reset":
      return stage === "talking" ? "the server's log may say why" : undefined;
    default:
      return BY_CODE[code];
  }
}
