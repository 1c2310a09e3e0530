/**
 * Looking at certificates: one's own before they are used, a peer's once it is
 * verified.
 *
 * @module
 */

import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { ConnectionError } from "../../errors.ts";
import type { Address } from "../address.ts";
import type {
  PeerCertificate,
  TlsCertificate,
  TlsDialOptions,
  TlsListenOptions,
} from "./options.ts";

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/;
const ENCRYPTED_KEY = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENC/;

/**
 * Takes the certificate out of some options.
 *
 * @param options The options.
 * @param action What cannot be done without, for messages.
 * @param address To whom.
 * @returns The certificate, or `undefined` if there is none.
 * @throws {TypeError} If there is only a half of it.
 * @throws {ConnectionError} If it is none.
 */
export function certificateIn(
  options: TlsDialOptions | TlsListenOptions,
  action: string,
  address: Address,
): TlsCertificate | undefined {
  const { cert, key } = options;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new TypeError(
      `Cannot ${action} ${address}: cert and key are needed together, and ${
        cert === undefined ? "cert" : "key"
      } is missing`,
    );
  }
  checkPem({ cert, key }, action, address);
  return { cert, key };
}

/**
 * Looks whether a certificate and its key are what they are said to be.
 *
 * @param certificate The certificate.
 * @param action What cannot be done without, for messages.
 * @param address To whom.
 * @throws {ConnectionError} If they are not, with code `"tls"`.
 */
export function checkPem(
  { cert, key }: TlsCertificate,
  action: string,
  address: Address,
): void {
  if (!CERTIFICATE.test(cert)) {
    throw unusable(action, address, noPem("cert", cert, "CERTIFICATE"));
  }
  if (ENCRYPTED_KEY.test(key)) {
    throw unusable(
      action,
      address,
      "key is encrypted; decrypt it first, as with openssl pkey",
    );
  }
  if (!PRIVATE_KEY.test(key)) {
    throw unusable(action, address, noPem("key", key, "PRIVATE KEY"));
  }
}

/**
 * Looks whether the certificates to trust are certificates.
 *
 * @param caCerts The certificates.
 * @param action What cannot be done without, for messages.
 * @param address To whom.
 * @returns The same.
 * @throws {ConnectionError} If one is none, with code `"tls"`.
 */
export function checkCaCerts(
  caCerts: readonly string[],
  action: string,
  address: Address,
): string[] {
  for (const pem of caCerts) {
    if (CERTIFICATE.test(pem)) continue;
    throw unusable(action, address, noPem("caCerts", pem, "CERTIFICATE"));
  }
  return [...caCerts];
}

/**
 * Looks whether a key belongs to a certificate, which `node:tls` does not.
 *
 * @param certificate The certificate.
 * @param action What cannot be done without, for messages.
 * @param address To whom.
 * @throws {ConnectionError} If it does not, with code `"tls"`.
 */
export async function checkPair(
  { cert, key }: TlsCertificate,
  action: string,
  address: Address,
): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  let belongs: boolean;
  try {
    belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw unusable(action, address, "cert or key cannot be read", cause);
  }
  if (belongs) return;
  throw unusable(action, address, "the key does not belong to the certificate");
}

/**
 * Gives what a peer has shown.
 *
 * @param socket The connection to it.
 * @returns Its certificate, or `undefined` if it has shown none.
 */
export function peerCertificateOf(
  socket: TLSSocket,
): PeerCertificate | undefined {
  const shown = socket.getPeerCertificate() as
    | Partial<DetailedPeerCertificate>
    | undefined;
  if (shown?.raw === undefined) return undefined;
  return {
    der: Uint8Array.from(shown.raw),
    fingerprint256: shown.fingerprint256 ?? "",
    issuer: { ...shown.issuer } as Record<string, string>,
    subject: { ...shown.subject } as Record<string, string>,
    subjectAltName: shown.subjectaltname ?? "",
    validFrom: new Date(shown.valid_from ?? NaN),
    validTo: new Date(shown.valid_to ?? NaN),
  };
}

function noPem(name: string, text: string, label: string): string {
  const wanted = `"-----BEGIN ${label}-----"`;
  if (text.trim() === "") return `${name} is empty, it needs ${wanted}`;
  return text.includes("\n")
    ? `${name} holds no ${wanted}`
    : `${name} holds no ${wanted}: it is the content of the file, not its name`;
}

function unusable(
  action: string,
  address: Address,
  why: string,
  cause?: unknown,
): ConnectionError {
  return new ConnectionError("tls", `Cannot ${action} ${address}: ${why}`, {
    address: `${address}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
