/**
 * The exit codes.
 *
 * @module
 */

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

/** The exit codes as `help exit-codes` shows them. */
export const EXIT_CODES: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, "done"],
  [
    EXIT.failed,
    "a fault of the program; of the client: an HTTP status of 400 or more; of replay, chop, talk and play: a message that differs",
  ],
  [EXIT.usage, "usage or configuration"],
  [EXIT.resolve, "name resolution"],
  [EXIT.connect, "could not connect"],
  [EXIT.listen, "could not listen"],
  [EXIT.tls, "TLS"],
  [EXIT.framing, "framing: malformed, too large, cut off"],
  [
    EXIT.lost,
    "connection lost: reset, idle, or ended before every reply or with input unsent",
  ],
  [EXIT.local, "local input or output"],
  [EXIT.timeout, "a --timeout ran out"],
  [EXIT.interrupted, "Ctrl-C"],
  [EXIT.brokenPipe, "standard output was closed early"],
  [EXIT.terminated, "terminated; a server that drained exits 0"],
];
