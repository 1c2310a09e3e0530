/**
 * The server's end of TLS: which engine carries it, and what it shows.
 *
 * @module
 */

import { OptionTypeError } from "../../check.ts";
import type { Address } from "../address.ts";
import { certificateIn, checkAuthorities } from "./certificate.ts";
import { ServerIdentity } from "./engine.ts";
import type { TlsCertificate, TlsEngine, TlsListenOptions } from "./options.ts";

/** A server's options, checked. */
export interface ServerPlan {
  /** The certificate to show first. */
  readonly certificate: TlsCertificate;
  /** Which engine carries the connections. */
  readonly engine: TlsEngine;
}

/**
 * Checks a server's options and chooses the engine, before anything is opened.
 *
 * @param options The options.
 * @param action What cannot be done without, for errors.
 * @param address Where the server is.
 * @returns The plan.
 * @throws {TypeError} If there is no certificate, or options contradict each
 * other.
 * @throws {ConnectionError} If a certificate is invalid.
 */
export function planServer(
  options: TlsListenOptions,
  action: string,
  address: Address,
): ServerPlan {
  const refuse = (reason: string, option: string) =>
    new OptionTypeError({ action, address: `${address}`, reason, option });
  const certificate = certificateIn(options, action, address);
  if (certificate === undefined) {
    throw refuse("TLS needs a certificate and its key", "cert");
  }
  const { caCerts = [], requireClientCert = false, tlsEngine } = options;
  checkAuthorities(caCerts, action, address);
  // Without authorities, those of the whole web would be trusted.
  if (requireClientCert && caCerts.length === 0) {
    throw refuse(
      "client certificates need the authorities that issue them",
      "caCerts",
    );
  }
  if (!requireClientCert && caCerts.length > 0) {
    throw refuse(
      "authorities are only for client certificates, which are not asked for",
      "requireClientCert",
    );
  }
  const engine = tlsEngine ?? "node";
  if (requireClientCert && engine === "native") {
    throw refuse(
      'only the TLS engine "node" asks for client certificates',
      "tlsEngine",
    );
  }
  return { certificate, engine };
}

/**
 * Makes what begins handshakes by `node:tls`.
 *
 * @param plan The plan.
 * @param options The options that it was made from.
 * @param action What cannot be done without, for errors.
 * @param address Where the server is.
 * @returns The identity, ready to be shown.
 * @throws {ConnectionError} If the certificate cannot be used.
 */
export async function identityOf(
  { certificate }: ServerPlan,
  options: TlsListenOptions,
  action: string,
  address: Address,
): Promise<ServerIdentity> {
  const identity = new ServerIdentity(certificate, options);
  await identity.use(certificate, action, address);
  return identity;
}
