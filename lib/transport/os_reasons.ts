/**
 * The table of the runtime's error texts and their meanings.
 *
 * The runtime gives a class or a code for most failures of the system. For name
 * resolution and for both of its TLS engines it gives only a text. Both engines
 * are rustls underneath, and `node:tls` puts OpenSSL's words in front of it, so
 * one failure has up to three texts here.
 *
 * @module
 */

import type { ConnectionErrorCode } from "../errors.ts";
import { ipVersion } from "./ip.ts";

/** The meaning of a failure. */
export interface Reason {
  /** The error's code. */
  readonly code: ConnectionErrorCode;
  /** The reason, in the library's words. */
  readonly reason: string;
  /** The option that would change the result, if there is one. */
  readonly option?: string;
  /** What to try next. */
  readonly advice?: string;
  /** Whether it may pass in a moment, if the code does not say it. */
  readonly transient?: boolean;
}

/** The meanings of the alerts that a peer sends before it gives up, by name. */
const ALERTS: Readonly<Record<string, Omit<Reason, "code">>> = {
  AccessDenied: { reason: "it does not let us in" },
  BadCertificate: {
    reason: "it refused our certificate, or the name in it",
  },
  CertificateExpired: {
    reason: "it found that our certificate has expired or is not valid yet",
  },
  CertificateRequired: {
    reason: "it asks for a certificate and got none",
    option: "cert",
  },
  CertificateRevoked: {
    reason: "it found that our certificate is revoked",
  },
  CertificateUnknown: { reason: "it could not use our certificate" },
  DecodeError: {
    reason: "it could not read what we sent: does it speak TLS there?",
  },
  DecryptError: { reason: "it could not verify our signature" },
  HandshakeFailure: {
    reason: "the two have no cipher in common, or it asks for more",
  },
  // Of servers that have no certificate yet.
  InternalError: { reason: "it failed inside", transient: true },
  NoApplicationProtocol: {
    reason: "the two have no protocol in common",
    option: "alpn",
  },
  ProtocolVersion: { reason: "it speaks another version of TLS, or none" },
  UnexpectedMessage: {
    reason: "it did not expect what we sent: does it speak TLS there?",
  },
  UnknownCA: {
    reason: "it does not trust the authority of our certificate",
  },
  UnrecognisedName: {
    reason: "it has no certificate for the name asked for",
    option: "serverName",
  },
  UnsupportedCertificate: {
    reason: "it cannot use our kind of certificate",
  },
};

type Row = readonly [pattern: RegExp, reason: Reason];

function tls(
  pattern: RegExp,
  reason: string,
  more: Pick<Reason, "option" | "advice" | "transient"> = {},
): Row {
  return [pattern, { code: "tls", reason, ...more }];
}

function unresolved(pattern: RegExp, reason: string): Row {
  return [pattern, { code: "unresolved", reason }];
}

let rows: readonly Row[] | undefined;

// The first row that matches counts. Made at the first failure, as most starts have
// none and the expressions take time.
const makeRows = (): readonly Row[] => [
  tls(
    /InvalidContentType|wrong version number|InvalidMessage/i,
    "what it sent is not TLS: is one end plain and the other TLS?",
  ),
  tls(
    /CaUsedAsEndEntity/,
    "its certificate is that of an authority and must not be shown by a server: make one with basicConstraints=CA:FALSE",
  ),
  tls(
    /UnsupportedCertVersion/,
    "its certificate is of an old kind, not X.509 v3",
  ),
  tls(/NotValidYet|not valid yet/i, "its certificate is not valid yet"),
  tls(
    /Expired|CERT_HAS_EXPIRED|certificate (?:has )?expired/i,
    "its certificate has expired",
  ),
  tls(/Revoked/, "its certificate is revoked"),
  tls(
    /no certificates|DID_NOT_RETURN_A_CERT/i,
    "it showed no certificate, and this side asks for one",
  ),
  // node:tls says the same of an unknown authority, of a certificate that is
  // not valid yet, of one for another use, of one outside its authority's names
  // and of some that have expired.
  tls(
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to verify the first certificate/,
    "its certificate cannot be verified: it comes from an authority that is not trusted here, or it has expired, is not valid yet or is not for this use; the runtime does not say which",
    { option: "caCerts" },
  ),
  tls(
    /UnknownIssuer|self.signed|unable to get|UNABLE_TO/i,
    "its certificate comes from an authority that is not trusted here",
    { option: "caCerts" },
  ),
  tls(
    /BadSignature/,
    "its certificate is forged, or signed by another key of its authority",
  ),
  tls(/BadEncoding|BadDer/, "its certificate cannot be read"),
  tls(
    /InvalidPurpose|extended key usage/i,
    "its certificate is not meant for this use",
  ),
  tls(
    /NameConstraintViolation/,
    "its certificate is for a name that its authority may not vouch for",
  ),
  tls(
    /doesn't support any known protocol|NO_APPLICATION_PROTOCOL/i,
    "the two have no protocol in common",
    { option: "alpn" },
  ),
  tls(
    /peer is incompatible/i,
    "the two have no version or cipher in common",
  ),
  tls(
    /cannot decrypt|peer misbehaved|unexpected .*message/i,
    "what it sent breaks the rules of TLS",
  ),
  tls(
    /KeyMismatch|keys may not be consistent/,
    "the key does not belong to the certificate",
    { option: "cert" },
  ),
  tls(/No certificates found/, "there is no certificate in PEM in it", {
    option: "cert",
  }),
  tls(/No keys found/, "there is no private key in PEM in it", {
    option: "key",
  }),
  tls(/key too small/, "the key of the certificate is too short to be safe", {
    option: "cert",
  }),
  tls(
    /without sending TLS close_notify/,
    "the connection was cut off without TLS saying so",
    { transient: true },
  ),
  tls(
    /unexpected end of file|handshake eof|socket hang up|disconnected before/i,
    "the peer closed the connection in the middle of the handshake",
    { transient: true },
  ),
  unresolved(/temporary failure/i, "no name server answered"),
  unresolved(
    /failed to lookup|no addresses|no such host|name resolution/i,
    "there is no such host name",
  ),
];

/**
 * Looks up a text of the runtime.
 *
 * @param text The text, or a code in its place.
 * @returns Its meaning, or `undefined` if it is not in the table.
 */
export function reasonIn(text: string): Reason | undefined {
  const alert = /received fatal alert: (\w+)/.exec(text)?.[1];
  if (alert !== undefined) {
    const reason = `it gave up with the alert ${alert}`;
    return { code: "tls", ...ALERTS[alert] ?? { reason } };
  }
  rows ??= makeRows();
  return wrongName(text) ??
    rows.find(([pattern]) => pattern.test(text))?.[1];
}

/**
 * The ways in which both engines say that a certificate is for another name.
 */
function wrongName(text: string): Reason | undefined {
  const asked = /not valid for name "([^"]*)"/.exec(text)?.[1] ??
    /Host: (\S+?)\.? is not/.exec(text)?.[1] ??
    /IP: (\S+) is not/.exec(text)?.[1];
  if (asked === undefined && !/NotValidForName|ALTNAME/.test(text)) {
    return undefined;
  }
  const host = asked ?? "the name asked for";
  const hosts = named(text, /(?:DnsName\("|DNS:|cert's CN: )([^",)\s]+)/g);
  const addresses = named(
    text,
    /(?:IpAddress\(|IP Address:|not in the cert's list: )([^",)\s]+)/g,
  );
  if (hosts.includes(host)) {
    return {
      code: "tls",
      reason:
        `its certificate has ${host} as a host name, not as an IP address`,
      option: "serverName",
      advice: `make one with subjectAltName=IP:${host}`,
    };
  }
  // No other name would do either.
  if (/not valid for any names/.test(text)) {
    const kind = ipVersion(host) === undefined ? "DNS" : "IP";
    return {
      code: "tls",
      reason: `its certificate is not for ${host}: it has no subjectAltName`,
      advice: `make one with subjectAltName=${kind}:${host}`,
    };
  }
  const others = [...hosts, ...addresses];
  const why = others.length > 0
    ? `is not for ${host} but for ${others.join(", ")}`
    // Then its host names are unknown.
    : /not in the cert's list/.test(text)
    ? `is not for ${host}: it names no IP address`
    : `is not for ${host}`;
  return {
    code: "tls",
    reason: `its certificate ${why}`,
    option: "serverName",
  };
}

function named(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name!);
}
