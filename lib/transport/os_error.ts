/**
 * The one translation of the runtime's errors into ours.
 *
 * The runtime gives a class for some failures, only a `code` for others
 * (`EMFILE`, `EHOSTUNREACH`), and for a name that does not resolve only a text.
 *
 * @module
 */

import {
  ClosedError,
  ConnectionError,
  type ConnectionErrorCode,
} from "../errors.ts";
import { tlsReason } from "./tls/reason.ts";

/** What is known of a failure: its code, and what a person should read. */
type Reason = readonly [code: ConnectionErrorCode, text: string];

const BY_NAME: Readonly<Record<string, Reason>> = {
  ConnectionRefused: [
    "refused",
    "connection refused, nothing is listening there",
  ],
  ConnectionReset: ["reset", "the peer reset the connection"],
  ConnectionAborted: ["reset", "the connection was aborted"],
  BrokenPipe: ["reset", "the peer has closed the connection"],
  NotConnected: ["reset", "the connection is gone"],
  AddrInUse: ["address_in_use", "the address is already in use"],
  AddrNotAvailable: [
    "address_not_available",
    "it is not an address of this machine, or no local port is free",
  ],
  NetworkUnreachable: ["unreachable", "the network is unreachable"],
  TimedOut: ["unreachable", "the peer did not answer"],
  PermissionDenied: ["permission_denied", "the system does not permit it"],
  NotCapable: ["permission_denied", "the program was not granted the network"],
  NotFound: ["refused", "there is no such socket"],
  URIError: ["unresolved", "it is no host name"],
  Busy: ["failed", "a read or a write is pending"],
  // Only Unix sockets say it: others wait for a place, or are refused.
  WouldBlock: ["refused", "its queue of waiting connections is full"],
};

const BY_CODE: Readonly<Record<string, Reason>> = {
  EMFILE: ["exhausted", "too many open files (ulimit -n)"],
  ENFILE: ["exhausted", "the system has too many open files"],
  ENOBUFS: ["exhausted", "the system is out of socket memory"],
  ENOMEM: ["exhausted", "the system is out of memory"],
  EHOSTUNREACH: ["unreachable", "there is no route to the host"],
  ETIMEDOUT: ["unreachable", "the peer did not answer"],
  // Of all that a caller can get wrong, only this reaches the system.
  EINVAL: [
    "address_not_available",
    'a link-local address needs its interface, as in "fe80::1%eth0"',
  ],
  EACCES: BY_NAME["PermissionDenied"]!,
};

/**
 * Translates an error of the runtime.
 *
 * @param error What the runtime threw.
 * @param action What could not be done, such as `"connect to"`.
 * @param address To whom.
 * @param why What a person should read, where the caller knows it better.
 * @returns Our error, with the runtime's as its `cause`.
 */
export function translate(
  error: unknown,
  action: string,
  address: unknown,
  why?: string,
): Error {
  if (!(error instanceof Error)) {
    return new ConnectionError(
      "failed",
      `Cannot ${action} ${address}: ${error}`,
      { cause: error, address: String(address) },
    );
  }
  // Both mean that this side closed while, or before, the call was made.
  if (error.name === "BadResource" || error.name === "Interrupted") {
    return new ClosedError(
      `Cannot ${action} ${address}: it was closed by this side`,
      { cause: error },
    );
  }
  const { code } = error as { code?: string };
  const [kind, text] = BY_CODE[code ?? ""] ?? BY_NAME[error.name] ??
    byText(error.message, action);
  return new ConnectionError(
    kind,
    `Cannot ${action} ${address}: ${
      why ?? explain(error, action, address, text)
    }`,
    { cause: error, address: String(address) },
  );
}

function explain(
  error: Error,
  action: string,
  address: unknown,
  text: string,
): string {
  // The runtime's own text names the missing permission and the flag.
  if (error.name === "NotCapable") return error.message;
  if (action !== "listen on") return text;
  const isUnix = `${address}`.startsWith("unix:");
  if (isUnix && error.name === "NotFound") return "its folder does not exist";
  return !isUnix && error.name === "PermissionDenied"
    ? `${text}; ports below 1024 need extra rights`
    : text;
}

function byText(message: string, action: string): Reason {
  const tls = tlsReason(message);
  if (tls !== undefined) return ["tls", tls];
  if (/temporary failure/i.test(message)) {
    return ["unresolved", "no name server answered"];
  }
  if (action === "shake hands with") return ["tls", message];
  return /failed to lookup|no addresses|no such host|name resolution/i
      .test(message)
    ? ["unresolved", "there is no such host name"]
    : ["failed", message];
}
