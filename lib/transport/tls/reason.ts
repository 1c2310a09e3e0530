/**
 * What a failure of TLS means to a person.
 *
 * Both implementations of the runtime are rustls underneath, whose errors have
 * no code: only the text tells.
 *
 * @module
 */

const NOT_TLS = "what it sent is not TLS: is one end plain and the other TLS?";
const NONSENSE = "what it sent breaks the rules of TLS";
const EXPIRED = "its certificate has expired";
const UNKNOWN =
  "its certificate comes from an authority that is not trusted here (caCerts)";
const CA_AS_LEAF =
  "its certificate is that of an authority and must not be shown by a server: make one with basicConstraints=CA:FALSE";
const NO_CLIENT_CERT = "it showed no certificate, and this side asks for one";
const NO_ALPN = "the two have no protocol in common (alpn)";

/** The alerts that a peer sends when it gives up, by the name in the text. */
const ALERTS: Readonly<Record<string, string>> = {
  AccessDenied: "it does not let us in",
  BadCertificate: "it refused our certificate, or the name in it",
  CertificateExpired: "it found that our certificate has expired",
  CertificateRequired: "it asks for a certificate and got none (cert, key)",
  CertificateRevoked: "it found that our certificate is revoked",
  CertificateUnknown: "it could not make use of our certificate",
  DecodeError: "it could not read what we sent: does it speak TLS there?",
  DecryptError: "it could not verify our signature",
  HandshakeFailure: "the two have no cipher in common, or it asks for more",
  InternalError: "it failed inside",
  NoApplicationProtocol: NO_ALPN,
  ProtocolVersion: "it speaks another version of TLS, or none",
  UnexpectedMessage: "it did not expect what we sent: does it speak TLS there?",
  UnknownCA: "it does not trust the authority of our certificate",
  UnrecognisedName: "it has no certificate for the name asked for (serverName)",
  UnsupportedCertificate: "it cannot use our kind of certificate",
};

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/InvalidContentType|wrong version number|InvalidMessage/i, NOT_TLS],
  [/CaUsedAsEndEntity/, CA_AS_LEAF],
  [/UnsupportedCertVersion/, "its certificate is of an old kind, not X.509 v3"],
  [/NotValidYet/i, "its certificate is not valid yet"],
  [/Expired|CERT_HAS_EXPIRED/i, EXPIRED],
  [/Revoked/, "its certificate is revoked"],
  [/no certificates|DID_NOT_RETURN_A_CERT/i, NO_CLIENT_CERT],
  [
    /UnknownIssuer|self.signed|unable to (?:verify|get)|UNABLE_TO/i,
    UNKNOWN,
  ],
  [/BadSignature/, "its certificate is forged or its authority another"],
  [/BadEncoding/, "its certificate cannot be read"],
  [/InvalidPurpose/, "its certificate is not meant for this use"],
  [/doesn't support any known protocol|NO_APPLICATION_PROTOCOL/i, NO_ALPN],
  [/peer is incompatible/i, "the two have no version or cipher in common"],
  [/cannot decrypt|peer misbehaved|unexpected .*message/i, NONSENSE],
  [
    /KeyMismatch|keys may not be consistent/,
    "the key does not belong to the certificate",
  ],
  [/No certificates found/, "cert holds no certificate in PEM"],
  [/No keys found/, "key holds no private key in PEM"],
  [
    /without sending TLS close_notify/,
    "the connection was cut off without TLS saying so",
  ],
  [
    /unexpected end of file|handshake eof|socket hang up|disconnected before/i,
    "the peer closed the connection in the middle of the handshake",
  ],
];

/**
 * Explains a failure.
 *
 * @param message The runtime's text, or its code.
 * @returns What a person should read, or `undefined` if it is not about TLS.
 */
export function tlsReason(message: string): string | undefined {
  const alert = /received fatal alert: (\w+)/.exec(message)?.[1];
  if (alert !== undefined) {
    return ALERTS[alert] ?? `it gave up with the alert ${alert}`;
  }
  const name = wrongName(message);
  if (name !== undefined) return name;
  return PATTERNS.find(([pattern]) => pattern.test(message))?.[1];
}

/** Two ways to say that the certificate is somebody else's. */
function wrongName(message: string): string | undefined {
  const asked = /not valid for name "([^"]*)"/.exec(message)?.[1] ??
    /Host: (\S+?)\.? is not/.exec(message)?.[1];
  if (asked === undefined && !/NotValidForName|ALTNAME/.test(message)) {
    return undefined;
  }
  const names = [
    ...message.matchAll(
      /(?:DnsName\("|IpAddress\(|DNS:|IP Address:)([^",)]+)/g,
    ),
  ]
    .map(([, name]) => name);
  const others = names.length === 0 ? "" : ` but for ${names.join(", ")}`;
  return `its certificate is not for ${
    asked ?? "the name asked for"
  }${others} (serverName)`;
}
