/**
 * The options of the two ends of TLS, and the certificate that a peer shows.
 *
 * @module
 */

/** A certificate with its key. */
export interface TlsCertificate {
  /** The certificate in PEM, followed by those between it and its authority. */
  readonly cert: string;
  /** Its private key in PEM, not encrypted. */
  readonly key: string;
}

/** Options for the client's end of TLS. */
export interface TlsDialOptions {
  /**
   * Protocols to choose from, the preferred one first, such as `["h2"]` (ALPN).
   *
   * @default {[]}
   */
  readonly alpn?: readonly string[];
  /**
   * Certificates in PEM to trust besides the well-known authorities: one of
   * your own authority, or the server's self-signed one.
   *
   * @default {[]}
   */
  readonly caCerts?: readonly string[];
  /**
   * The client's own certificate in PEM, for servers that ask for one; with
   * `key`.
   *
   * @default {none}
   */
  readonly cert?: string;
  /**
   * Accepts any certificate, so an attacker on the path can read and change
   * everything. For tests, and to examine a broken server.
   *
   * @default {false}
   */
  readonly insecure?: boolean;
  /**
   * The private key of `cert` in PEM.
   *
   * @default {none}
   */
  readonly key?: string;
  /**
   * The host name or IP address that must be in the server's certificate.
   *
   * @default {the host name of the address, without the interface of an IPv6
   * address}
   */
  readonly serverName?: string;
  /**
   * Which of the runtime's two implementations to use.
   *
   * `"native"` is up to twice as fast in bulk. If the server stalls in the
   * handshake, it keeps the socket for as long as the server does, even after
   * the attempt was aborted. `"node"` does not, and it shows the server's
   * certificate. `insecure` and `cert` need `"node"`. When a certificate is
   * refused, `"native"` gives the reason in more cases.
   *
   * @default {"native", unless the other is needed}
   */
  readonly tlsEngine?: TlsEngine;
}

/** Options for the server's end of TLS; `cert` and `key` are needed. */
export interface TlsListenOptions extends Partial<TlsCertificate> {
  /**
   * Protocols to accept, the preferred one first (ALPN). A client that names
   * only other protocols is refused. A client that names none is accepted.
   *
   * @default {[]}
   */
  readonly alpn?: readonly string[];
  /**
   * The authorities in PEM whose clients are accepted; needs
   * `requireClientCert`.
   *
   * @default {[]}
   */
  readonly caCerts?: readonly string[];
  /**
   * Whether a client needs a certificate, issued by one of `caCerts`; it is
   * then the connection's `peerCertificate`. A client without one gets an
   * alert. A client with one of another authority only sees the connection
   * close, as the runtime sends no alert then.
   *
   * @default {false}
   */
  readonly requireClientCert?: boolean;
  /**
   * Which of the runtime's two implementations to use.
   *
   * `"node"` can drop a client that stalls in the handshake, sends small writes
   * at once, supports client certificates, and changes its certificate between
   * two connections. `"native"` does none of that; it listens again to change
   * the certificate. It is up to twice as fast in bulk. Use it for peers that
   * you trust.
   *
   * @default {"node"}
   */
  readonly tlsEngine?: TlsEngine;
}

/** Options for starting TLS on an open connection, as its client. */
export interface TlsClientUpgrade extends TlsDialOptions {
  /**
   * Which end of TLS this side is.
   *
   * @default {"client"}
   */
  readonly side?: "client";
}

/**
 * Options for starting TLS on an open connection, as its server; `cert` and
 * `key` are needed. Only the engine `"node"` can do it.
 */
export interface TlsServerUpgrade extends TlsListenOptions {
  /** Which end of TLS this side is. */
  readonly side: "server";
}

/** Options for starting TLS on an open connection. */
export type TlsUpgradeOptions = TlsClientUpgrade | TlsServerUpgrade;

/** One of the runtime's two implementations of TLS. */
export type TlsEngine = "native" | "node";

/** The certificate that a peer has shown, verified unless `insecure` is set. */
export interface PeerCertificate {
  /** The certificate itself, in DER. */
  readonly der: Uint8Array;
  /** SHA-256 of the certificate, as in `DC:BC:08:...`. */
  readonly fingerprint256: string;
  /** Who issued it: the parts of the name, such as `CN`. */
  readonly issuer: Readonly<Record<string, string>>;
  /** Whose it is: the parts of the name, such as `CN`. */
  readonly subject: Readonly<Record<string, string>>;
  /** The names it is valid for, such as `DNS:client.example`; may be empty. */
  readonly subjectAltName: string;
  /** The start of its validity. */
  readonly validFrom: Date;
  /** The end of its validity. */
  readonly validTo: Date;
}
