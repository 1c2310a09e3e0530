/**
 * Begins handshakes with the implementation of TLS in `node:tls`.
 *
 * @module
 */

import type {
  ConnectionOptions,
  SecureContext,
  TlsOptions,
  TLSSocket,
} from "node:tls";
import type { Address } from "../address.ts";
import { translate } from "../os_error.ts";
import { checkPair } from "./certificate.ts";
import { VerifiedClients } from "./known_clients.ts";
import type { BeginTls } from "./node_stream.ts";
import type {
  TlsCertificate,
  TlsDialOptions,
  TlsListenOptions,
} from "./options.ts";

/**
 * Prepares the client's end.
 *
 * @param serverName The name that must be in the certificate.
 * @param options The authorities to trust, the certificate to show.
 * @returns The function that begins the handshake.
 */
export function beginClient(
  serverName: string,
  options: TlsDialOptions,
): BeginTls {
  const { alpn = [], caCerts = [], cert, insecure = false, key } = options;
  return async (wire, agreed, failed) => {
    const { connect, createSecureContext } = await import("node:tls");
    const own = cert === undefined || key === undefined ? {} : { cert, key };
    const secureContext = createSecureContext(own);
    // As `ca` they would replace the well-known authorities.
    for (const pem of caCerts) secureContext.context.addCACert(pem);
    const how: ConnectionOptions & { allowHalfOpen: boolean } = {
      socket: wire.stream,
      // An IP address is not a valid server name; RFC 6066, section 3.
      ...(isIpAddress(serverName)
        ? { host: serverName }
        : { servername: serverName }),
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
      secureContext,
      rejectUnauthorized: !insecure,
      allowHalfOpen: true,
    };
    const socket = connect(how);
    socket.on("error", failed);
    socket.once("secureConnect", () => agreed(socket));
  };
}

/** The certificate that a listener shows; it can be changed at any time. */
export class ServerIdentity {
  readonly #alpn: readonly string[];
  readonly #clientCas: string[] | undefined;
  readonly #clients = new VerifiedClients();
  #certificate: TlsCertificate;
  #context: SecureContext | undefined;

  /**
   * Prepares the server's end.
   *
   * @param options Protocols, and whether clients need a certificate.
   */
  constructor(certificate: TlsCertificate, options: TlsListenOptions) {
    const { alpn = [], caCerts = [], requireClientCert = false } = options;
    this.#alpn = alpn;
    this.#clientCas = requireClientCert ? [...caCerts] : undefined;
    this.#certificate = certificate;
  }

  /**
   * Shows another certificate from now on.
   *
   * @param action What cannot be done without it, for errors.
   * @param address Where the server is, for errors.
   * @throws {ConnectionError} If the certificate or key is invalid, or the two
   * do not belong together; then nothing changes.
   */
  async use(
    certificate: TlsCertificate,
    action: string,
    address: Address,
  ): Promise<void> {
    await checkPair(certificate, action, address);
    const { createSecureContext } = await import("node:tls");
    const { cert, key } = certificate;
    try {
      this.#context = createSecureContext({ cert, key });
    } catch (error) {
      throw translate(error, action, address, { code: "tls" });
    }
    this.#certificate = certificate;
  }

  /** Begins the handshake with one client. */
  readonly begin: BeginTls = async (wire, agreed, failed) => {
    const { TLSSocket } = await import("node:tls");
    wire.linger();
    if (this.#clientCas !== undefined) {
      return await this.#beginMutual(wire, agreed, failed);
    }
    const socket = new TLSSocket(
      // A stream works as well as a socket, though the types do not allow it.
      wire.stream as ConstructorParameters<typeof TLSSocket>[0],
      {
        isServer: true,
        secureContext: this.#context!,
        ...this.#protocols(),
        allowHalfOpen: true,
      } as ConstructorParameters<typeof TLSSocket>[1],
    );
    socket.on("error", failed);
    socket.once("secure", () => agreed(socket));
  };

  // Only a server of node:tls verifies a client's certificate. It does not
  // report which client it means, so each client has a server of its own.
  #beginMutual: BeginTls = async (wire, agreed, failed) => {
    const { createServer } = await import("node:tls");
    const how: TlsOptions & { allowHalfOpen: boolean } = {
      cert: this.#certificate.cert,
      key: this.#certificate.key,
      ca: this.#clientCas,
      requestCert: true,
      rejectUnauthorized: true,
      ...this.#protocols(),
      allowHalfOpen: true,
    };
    const server = createServer(how);
    server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
      // The reason is in authorizationError; the error only says "hang up".
      const { authorizationError } = socket;
      failed(authorizationError ? new Error(`${authorizationError}`) : error);
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      const refusal = this.#clients.refusal(socket);
      if (refusal === undefined) return agreed(socket);
      failed(new Error(refusal));
      socket.destroy();
    });
    server.emit("connection", wire.stream);
  };

  #protocols(): { ALPNProtocols?: string[] } {
    return this.#alpn.length === 0 ? {} : { ALPNProtocols: [...this.#alpn] };
  }
}

function isIpAddress(name: string): boolean {
  return name.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(name);
}
