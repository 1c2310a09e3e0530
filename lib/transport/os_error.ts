/**
 * Translates the runtime's errors into the library's. This is the only place
 * that reads their texts.
 *
 * The runtime gives a class for some failures, only a `code` for others
 * (`EMFILE`, `EHOSTUNREACH`), and for names and TLS only a text.
 *
 * @module
 */

import { ClosedError, ConnectionError } from "../errors.ts";
import { type Reason, reasonIn } from "./os_reasons.ts";

const LOW_PORTS = "ports below 1024 need extra rights";

const BY_NAME: Readonly<Record<string, Reason>> = {
  ConnectionRefused: {
    code: "refused",
    reason: "connection refused, nothing is listening there",
  },
  ConnectionReset: { code: "reset", reason: "the peer reset the connection" },
  ConnectionAborted: { code: "reset", reason: "the connection was aborted" },
  BrokenPipe: {
    code: "reset",
    reason: "the peer has closed the connection",
  },
  NotConnected: { code: "reset", reason: "the connection is gone" },
  AddrInUse: {
    code: "address_in_use",
    reason: "the address is already in use",
  },
  AddrNotAvailable: {
    code: "address_not_available",
    reason: "it is not an address of this machine, or no local port is free",
  },
  NetworkUnreachable: {
    code: "unreachable",
    reason: "the network is unreachable",
  },
  TimedOut: { code: "unreachable", reason: "the peer did not answer" },
  PermissionDenied: {
    code: "permission_denied",
    reason: "the system does not permit it",
  },
  NotCapable: {
    code: "permission_denied",
    reason: "the program was not granted the network",
  },
  NotFound: { code: "refused", reason: "there is no such socket" },
  URIError: {
    code: "unresolved",
    reason: "it is not a valid host name",
    transient: false,
  },
  Busy: { code: "failed", reason: "a read or a write is pending" },
  // Only Unix sockets: others wait for a place in the queue, or are refused.
  WouldBlock: {
    code: "refused",
    reason: "its queue of waiting connections is full",
  },
};

const BY_CODE: Readonly<Record<string, Reason>> = {
  EMFILE: { code: "exhausted", reason: "too many open files (ulimit -n)" },
  ENFILE: { code: "exhausted", reason: "the system has too many open files" },
  ENOBUFS: { code: "exhausted", reason: "the system is out of socket memory" },
  ENOMEM: { code: "exhausted", reason: "the system is out of memory" },
  EHOSTUNREACH: {
    code: "unreachable",
    reason: "there is no route to the host",
  },
  ETIMEDOUT: { code: "unreachable", reason: "the peer did not answer" },
  // Of all mistakes in an address, only this one reaches the system.
  EINVAL: {
    code: "address_not_available",
    reason: 'a link-local address needs its interface, as in "fe80::1%eth0"',
  },
  EACCES: BY_NAME["PermissionDenied"]!,
  // Errors of node:net have no class of their own.
  ECONNABORTED: BY_NAME["ConnectionAborted"]!,
  ECONNREFUSED: BY_NAME["ConnectionRefused"]!,
  ECONNRESET: BY_NAME["ConnectionReset"]!,
  EPIPE: BY_NAME["BrokenPipe"]!,
  EADDRINUSE: BY_NAME["AddrInUse"]!,
  EADDRNOTAVAIL: BY_NAME["AddrNotAvailable"]!,
  ENETUNREACH: BY_NAME["NetworkUnreachable"]!,
  // The codes of name lookups in node:dns.
  ENOTFOUND: { code: "unresolved", reason: "there is no such host name" },
  EAI_AGAIN: { code: "unresolved", reason: "no name server answered" },
};

/**
 * The error of a call on something that this side has closed.
 *
 * @param action What could not be done, such as `"read from"`.
 */
export function closedHere(action: string, address: unknown): ClosedError {
  const reason = "it was closed by this side";
  return new ClosedError({ action, address: String(address), reason });
}

/**
 * The error of a write after this side has finished sending.
 *
 * @param action What could not be done, such as `"write to"`.
 */
export function finishedHere(action: string, address: unknown): ClosedError {
  const reason = "this side has finished sending";
  return new ClosedError({ action, address: String(address), reason });
}

/**
 * Translates an error of the runtime. An error of this library gets the given
 * action and address.
 *
 * @param error The error of the runtime or of this library.
 * @param action What could not be done, such as `"connect to"`.
 * @param address The peer's or the listening address.
 * @param known Parts that the caller knows better.
 * @returns The library's error, with the runtime's as its `cause`.
 */
export function translate(
  error: unknown,
  action: string,
  address: unknown,
  known: Partial<Reason> = {},
): ClosedError | ConnectionError {
  const parts = { action, address: String(address), cause: error };
  // Both mean that this side closed before or during the call.
  if (
    error instanceof Error &&
    (error.name === "BadResource" || error.name === "Interrupted")
  ) {
    return new ClosedError({ ...parts, reason: "it was closed by this side" });
  }
  if (error instanceof ConnectionError) {
    const { code, reason, option, advice, transient } = error;
    return new ConnectionError(code, {
      ...parts,
      ...{ reason, option, advice, transient },
    });
  }
  const { code, ...reason } = { ...reasonOf(error, parts), ...known };
  return new ConnectionError(code, { ...parts, ...reason });
}

/**
 * Returns the system's code of an error. A few errors have it only in their
 * text.
 *
 * @returns The code, such as `"EMSGSIZE"`, or `undefined`.
 */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.message.includes("(os error 19)") ? "ENODEV" : undefined;
}

/**
 * Tells whether an error only means that the peer's bytes ended without TLS's
 * announcement of the end (`close_notify`).
 *
 * @param error What reading threw.
 */
export function isUnannouncedEnd(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof &&
    error.message.includes("close_notify");
}

interface Where {
  readonly action: string;
  readonly address: string;
}

function reasonOf(error: unknown, where: Where): Reason {
  if (!(error instanceof Error)) {
    return { code: "failed", reason: String(error) };
  }
  if (error.name === "NotCapable") return notGranted(error);
  const known = BY_CODE[systemCode(error) ?? ""] ?? BY_NAME[error.name];
  if (known !== undefined) return inContext(known, error, where);
  return reasonIn(error.message) ?? {
    code: where.action === "shake hands with" ? "tls" : "failed",
    // An unknown error: quote it for the person who reads it.
    reason: `the system says "${error.message}"`,
  };
}

/** The runtime's own text names the missing permission and the flag. */
function notGranted(error: Error): Reason {
  const { code, reason } = BY_NAME["NotCapable"]!;
  const said = /^Requires (.+? access to .+?), (.+)$/.exec(error.message);
  return said === null
    ? { code, reason }
    : { code, reason: `it requires ${said[1]}`, advice: said[2]! };
}

/** When listening, the same error of the system means something else. */
function inContext(reason: Reason, error: Error, where: Where): Reason {
  if (where.action !== "listen on") return reason;
  const isUnix = where.address.startsWith("unix:");
  if (isUnix && error.name === "NotFound") {
    return { ...reason, reason: "its folder does not exist" };
  }
  return !isUnix && error.name === "PermissionDenied"
    ? { ...reason, advice: LOW_PORTS }
    : reason;
}
