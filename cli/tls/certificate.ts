/**
 * A throw-away certificate to try TLS with. It is self-signed but not marked as
 * a certificate authority, so strict verifiers accept it from a server if it is
 * trusted by itself. Plain `openssl req -x509` marks it as an authority, and
 * they refuse it from a server.
 *
 * @module
 */

import {
  bits,
  der,
  integer,
  octets,
  oid,
  pem,
  sequence,
  set,
  time,
  utf8,
} from "./der.ts";

/** What a certificate says. */
export interface CertificateOptions {
  /** The host names and IP addresses that it is for, the first one its subject. */
  readonly names: readonly string[];
  /** From when on it is valid. */
  readonly notBefore: Date;
  /** Until when. */
  readonly notAfter: Date;
}

/** A certificate and its key, in PEM. */
export interface CertificatePair {
  /** The certificate. */
  readonly cert: string;
  /** The private key. */
  readonly key: string;
}

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/**
 * Makes a certificate and its key.
 *
 * @param options What it says.
 */
export async function makeCertificate(
  { names, notAfter, notBefore }: CertificateOptions,
): Promise<CertificatePair> {
  const keys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  const publicKey = await exported("spki", keys.publicKey);
  // RFC 5280, appendix A.1: 64 characters at most. Clients ignore it.
  const name = utf8(names[0]!.slice(0, 64));
  const subject = sequence(set(sequence(oid("2.5.4.3"), name)));
  const serial = crypto.getRandomValues(new Uint8Array(16));
  const content = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(serial),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time(notBefore), time(notAfter)),
    subject,
    publicKey,
    der(0xa3, await extensions(names, publicKey)),
  );
  const signature = await crypto.subtle.sign(
    ECDSA,
    keys.privateKey,
    content as BufferSource,
  );
  const signed = sequence(
    content,
    ECDSA_WITH_SHA256,
    bits(signatureOf(new Uint8Array(signature))),
  );
  return {
    cert: pem("CERTIFICATE", signed),
    key: pem("PRIVATE KEY", await exported("pkcs8", keys.privateKey)),
  };
}

async function exported(
  format: "spki" | "pkcs8",
  key: CryptoKey,
): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey(format, key));
}

/** RFC 5280, section 4.2. */
async function extensions(
  names: readonly string[],
  publicKey: Uint8Array,
): Promise<Uint8Array> {
  // The key follows the 27 bytes that name its kind.
  const point = publicKey.slice(-65);
  const id = new Uint8Array(await crypto.subtle.digest("SHA-1", point));
  const isCritical = der(0x01, Uint8Array.of(0xff));
  return sequence(
    // Basic constraints: an empty sequence means "not an authority".
    sequence(oid("2.5.29.19"), isCritical, octets(sequence())),
    // Key usage: the first bit, digital signature.
    sequence(
      oid("2.5.29.15"),
      isCritical,
      octets(bits(Uint8Array.of(0x80), 7)),
    ),
    // Extended key usage: server and client.
    sequence(
      oid("2.5.29.37"),
      octets(sequence(oid("1.3.6.1.5.5.7.3.1"), oid("1.3.6.1.5.5.7.3.2"))),
    ),
    sequence(oid("2.5.29.14"), octets(octets(id))),
    sequence(oid("2.5.29.35"), octets(sequence(der(0x80, id)))),
    sequence(oid("2.5.29.17"), octets(sequence(...names.map(alternativeName)))),
  );
}

function alternativeName(name: string): Uint8Array {
  const ip = ipBytes(name);
  return ip === undefined
    ? der(0x82, new TextEncoder().encode(name))
    : der(0x87, ip);
}

/**
 * Reads an IP address.
 *
 * @param text What may be one.
 * @returns Its 4 or 16 bytes, or `undefined` if the text is not an address.
 */
export function ipBytes(text: string): Uint8Array | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split(".").map(Number);
    return parts.every((part) => part < 256)
      ? Uint8Array.from(parts)
      : undefined;
  }
  if (!text.includes(":") || !URL.canParse(`http://[${text}]`)) {
    return undefined;
  }
  // The URL parser writes the last four bytes in hexadecimal as well.
  const plain = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const [front, back] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from(
    { length: 8 - front.length - back.length },
    () => "0",
  );
  const all = tail === undefined ? front : [...front, ...zeros, ...back];
  return Uint8Array.from(
    all.flatMap((
      group,
    ) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]),
  );
}

/** The two numbers, as certificates have them. */
function signatureOf(raw: Uint8Array): Uint8Array {
  return sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
}
