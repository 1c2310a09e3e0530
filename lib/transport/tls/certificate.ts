/**
 * Checks this end's certificates before they are used, and reads the peer's
 * once it is verified.
 *
 * @module
 */

import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { OptionTypeError } from "../../check.ts";
import { ConnectionError, type ErrorParts } from "../../errors.ts";
import type { Address } from "../address.ts";
import type {
  PeerCertificate,
  TlsCertificate,
  TlsDialOptions,
  TlsListenOptions,
} from "./options.ts";

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const BLOCK =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----([^-]*)-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** Why an authority cannot be used. */
export const UNREADABLE_AUTHORITY = "a certificate to trust cannot be read";

const PRIVATE_KEY = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/;
const ENCRYPTED_KEY = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENC/;

/**
 * Reads the certificate from options.
 *
 * @param action The action that needs it, for errors.
 * @param address Its address, for errors.
 * @returns The certificate, or `undefined` if there is none.
 * @throws {TypeError} If only one of `cert` and `key` is given.
 * @throws {ConnectionError} If one of them is invalid.
 */
export function certificateIn(
  options: TlsDialOptions | TlsListenOptions,
  action: string,
  address: Address,
): TlsCertificate | undefined {
  const { cert, key } = options;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const option = cert === undefined ? "cert" : "key";
    throw new OptionTypeError({
      action,
      address: `${address}`,
      reason: option === "cert"
        ? "there is a key without its certificate"
        : "there is a certificate without its key",
      option,
    });
  }
  checkPem({ cert, key }, action, address);
  return { cert, key };
}

/**
 * Checks that a certificate and its key look like PEM of these kinds.
 *
 * @param action The action that needs it, for errors.
 * @param address Its address, for errors.
 * @throws {ConnectionError} If they are not, with code `"tls"`.
 */
export function checkPem(
  { cert, key }: TlsCertificate,
  action: string,
  address: Address,
): void {
  const refuse = (problem: Problem) => unusable(action, address, problem);
  if (!CERTIFICATE.test(cert)) {
    const reason = noPem("the certificate", cert, "CERTIFICATE");
    throw refuse({ option: "cert", reason });
  }
  if (ENCRYPTED_KEY.test(key)) {
    throw refuse({
      option: "key",
      reason: "the key is encrypted",
      advice: "decrypt it first, as with openssl pkey",
    });
  }
  if (!PRIVATE_KEY.test(key)) {
    const reason = noPem("the key", key, "PRIVATE KEY");
    throw refuse({ option: "key", reason });
  }
}

/**
 * Checks that the certificates to trust look like certificates in PEM, each with
 * a DER structure inside.
 *
 * @param action The action that needs it, for errors.
 * @param address Its address, for errors.
 * @throws {ConnectionError} If one is not, with code `"tls"`.
 */
export function checkAuthorities(
  caCerts: readonly string[],
  action: string,
  address: Address,
): void {
  const option = "caCerts";
  for (const pem of caCerts) {
    if (!CERTIFICATE.test(pem)) {
      const reason = noPem("a certificate to trust", pem, "CERTIFICATE");
      throw unusable(action, address, { option, reason });
    }
    for (const [, base64 = ""] of pem.matchAll(BLOCK)) {
      if (isSequence(base64)) continue;
      throw unusable(action, address, { option, reason: UNREADABLE_AUTHORITY });
    }
  }
}

/** Whether it is base64 of one whole SEQUENCE, as every certificate is. */
function isSequence(base64: string): boolean {
  let der: Uint8Array;
  try {
    der = Uint8Array.fromBase64(base64);
  } catch {
    return false;
  }
  const [tag, first = 0] = der;
  if (tag !== 0x30) return false;
  if (first < 0x80) return der.length === 2 + first;
  const header = 2 + (first & 0x7f);
  let length = 0;
  for (let i = 2; i < header; i++) length = length * 256 + der[i]!;
  return der.length === header + length;
}

/**
 * Checks that a key belongs to a certificate, which `node:tls` does not check.
 *
 * @param action The action that needs it, for errors.
 * @param address Its address, for errors.
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
    throw unusable(action, address, {
      option: "cert",
      reason: "the certificate or its key cannot be read",
      cause,
    });
  }
  if (belongs) return;
  throw unusable(action, address, {
    option: "key",
    reason: "the key does not belong to the certificate",
  });
}

/**
 * Reads the peer's certificate.
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
    : `${name} holds no ${wanted}: give the content of the file, not its name`;
}

type Problem = ErrorParts & ErrorOptions;

function unusable(
  action: string,
  address: Address,
  problem: Problem,
): ConnectionError {
  return new ConnectionError("tls", {
    action,
    address: `${address}`,
    ...problem,
  });
}
