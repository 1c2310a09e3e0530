/**
 * What the two ends of TLS can be told, and what they learn of each other.
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
   * Certificates in PEM to trust besides the well-known authorities: of an
   * authority of your own, or the server's own if nobody else issued it.
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
   * Accepts any certificate, so anybody in between can read and change
   * everything. For tests and for looking at a broken server.
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
   * The name that must be in the server's certificate.
   *
   * @default {the host name of the address}
   */
  readonly serverName?: string;
  /**
   * Which of the runtime's two implementations to use.
   *
   * `"native"` is up to twice as fast in bulk. When the server stalls in the
   * handshake it holds on to the socket for as long as the server does, also
   * after the attempt was given up; `"node"` does not, and shows the server's
   * certificate. `insecure`, and a certificate of one's own, need `"node"`.
   *
   * @default {"native", unless the other is needed}
   */
  readonly tlsEngine?: TlsEngine;
}

/** Options for the server's end of TLS; `cert` and `key` are needed. */
export interface TlsListenOptions extends Partial<TlsCertificate> {
  /**
   * Protocols spoken, the preferred one first (ALPN). A client that names only
   * others is refused; one that names none is not.
   *
   * @default {[]}
   */
  readonly alpn?: readonly string[];
  /**
   * The authorities in PEM whose clients are let in; needs `requireClientCert`.
   *
   * @default {[]}
   */
  readonly caCerts?: readonly string[];
  /**
   * Whether a client needs a certificate, issued by one of `caCerts`; it is then
   * the connection's `peerCertificate`. A client without one is told so by an
   * alert; one with another's only sees the connection cut off, as the runtime has
   * no alert for it.
   *
   * @default {false}
   */
  readonly requireClientCert?: boolean;
  /**
   * Which of the runtime's two implementations to use.
   *
   * `"node"` can drop a client that stalls in the handshake, sends small writes
   * at once, asks for client certificates and changes its certificate between
   * two connections. `"native"` can do none of that, but listens anew for another
   * certificate, and is up to twice as fast in bulk: for peers that you know.
   *
   * @default {"node", where the runtime has it}
   */
  readonly tlsEngine?: TlsEngine;
}

/** One of the runtime's two implementations of TLS. */
export type TlsEngine = "native" | "node";

/** The certificate that a peer has shown; verified, unless `insecure` was asked for. */
export interface PeerCertificate {
  /** The certificate itself, in DER. */
  readonly der: Uint8Array;
  /** SHA-256 of the certificate, as in `DC:BC:08:...`. */
  readonly fingerprint256: string;
  /** Who issued it: the parts of the name, such as `CN`. */
  readonly issuer: Readonly<Record<string, string>>;
  /** Whose it is: the parts of the name, such as `CN`. */
  readonly subject: Readonly<Record<string, string>>;
  /** The names it is good for, such as `DNS:client.example`; may be empty. */
  readonly subjectAltName: string;
  /** When it begins to be valid. */
  readonly validFrom: Date;
  /** When it ends to be valid. */
  readonly validTo: Date;
}
