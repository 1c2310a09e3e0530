/**
 * What a request that failed is to the shell and to the person in front of it,
 * where HTTP has other words for it than messages over a socket.
 *
 * @module
 */

import {
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../../lib/start.ts";
import { errorText } from "../../output/error_text.ts";
import { EXIT, type ExitCode } from "../../output/exit_code.ts";
import { Failure, UsageError } from "../../output/failure.ts";
import type { HttpProgress, Watch } from "./watch.ts";

/**
 * Finds the exit code and the line for what a request threw.
 *
 * @param seen What went over the connection.
 * @returns The error to throw.
 */
export function httpFailure(
  error: unknown,
  { progress, speaksHttp }: Pick<Watch, "progress" | "speaksHttp">,
): unknown {
  if (error instanceof ProtocolError) {
    // Without a byte of an answer nothing is cut off: none has begun.
    const isCut = error.code === "truncated" && progress !== "answered";
    const advice = error.option === "bareLineFeed" && speaksHttp
      ? "--bare-line-feed takes it"
      : undefined;
    return failureOf(error, isCut ? EXIT.lost : EXIT.framing, advice);
  }
  if (
    error instanceof TimeoutError && /^(body|response)$/.test(error.deadline)
  ) {
    return failureOf(error, EXIT.lost, "allow more time with --idle-timeout");
  }
  if (error instanceof ConnectionError) {
    if (error.code === "refused") return refused(error);
    // Also where a redirect leads, when the first server has answered.
    return error.code === "unreachable"
      ? failureOf(error, EXIT.connect, "check the address and the network")
      : error;
  }
  if (error instanceof TypeError || error instanceof RangeError) {
    return unsendable(error, progress);
  }
  return error;
}

function refused(error: ConnectionError): Failure {
  const where = error.address?.replace("tcp://", "");
  const command = `parley-server http ${where}`;
  return failureOf(
    error,
    EXIT.connect,
    `start a server there, such as: ${command}`,
  );
}

/** The library refuses before it opens anything what makes no request. */
function unsendable(error: Error, progress: HttpProgress): unknown {
  if (progress === "dialling") {
    return new UsageError(errorText(error), { cause: error });
  }
  // A redirect that cannot be followed, or a file that has changed.
  return failureOf(error, EXIT.failed);
}

function failureOf(error: Error, code: ExitCode, advice?: string): Failure {
  const text = errorText(error);
  return new Failure(code, advice ? `${text}; ${advice}` : text, {
    cause: error,
  });
}
