/**
 * The options of TLS, and the files that they name.
 *
 * @module
 */

import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import { EXIT, Failure, UsageError } from "../output/exit_code.ts";
import { about, oneOf, optional } from "../arguments/option.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The options that both executables have. */
export const TLS_OPTIONS = about("TLS", {
  "cert": optional(
    "FILE",
    (text) => text,
    "this end's certificate in PEM, with --key",
  ),
  "key": optional(
    "FILE",
    (text) => text,
    "the private key of --cert in PEM",
  ),
  "alpn": optional(
    "NAME,...",
    parseNames,
    "ALPN: protocols, preferred first: h2,http/1.1",
  ),
  "tls-engine": optional(
    "ENGINE",
    oneOf(["native", "node"]),
    "which of the runtime's two: native is faster in bulk, node lets go of a peer that stalls in the handshake and knows client certificates; what fits the other options unless given",
  ),
});

/** Files that TLS needs, by option. */
export interface TlsFiles {
  /** The certificate's. */
  readonly cert: string | undefined;
  /** Its key's. */
  readonly key: string | undefined;
  /** The authorities' certificates'. */
  readonly ca: string | undefined;
}

/** What is in them. */
export interface TlsContent extends Partial<TlsCertificate> {
  /** The authorities' certificates. */
  readonly caCerts?: readonly string[];
}

/**
 * Reads the files.
 *
 * @param files Their names.
 * @param terminal Where they are.
 * @returns What is in them; nothing for a file without a name.
 * @throws {UsageError} If one cannot be read, or is not what it should be.
 */
export async function readTlsFiles(
  { ca, cert, key }: TlsFiles,
  terminal: Terminal,
): Promise<TlsContent> {
  const content: { -readonly [K in keyof TlsContent]: TlsContent[K] } = {};
  if (ca !== undefined) {
    content.caCerts = [await readPem("ca", ca, CERTIFICATE, terminal)];
  }
  if (cert !== undefined) {
    content.cert = await readPem("cert", cert, CERTIFICATE, terminal);
  }
  if (key !== undefined) {
    content.key = await readPem("key", key, PRIVATE_KEY, terminal);
  }
  return content;
}

/**
 * Refuses a certificate without its key, and a key without its certificate.
 *
 * @param given The options that were given.
 * @throws {UsageError} If one is missing.
 */
export function checkPair(given: ReadonlySet<string>): void {
  for (const [one, other] of [["cert", "key"], ["key", "cert"]] as const) {
    if (given.has(one) && !given.has(other)) {
      throw new UsageError(
        `--${one} needs --${other}; write both: --cert cert.pem --key key.pem`,
      );
    }
  }
}

/** What stands in a file, as a pattern and in words. */
type Kind = readonly [pattern: RegExp, words: string];

const CERTIFICATE: Kind = [
  /-----BEGIN (TRUSTED )?CERTIFICATE-----/,
  "certificate in PEM (-----BEGIN CERTIFICATE-----)",
];
const PRIVATE_KEY: Kind = [
  /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/,
  "private key in PEM (-----BEGIN PRIVATE KEY-----)",
];

async function readPem(
  option: string,
  path: string,
  [pattern, words]: Kind,
  terminal: Terminal,
): Promise<string> {
  let text: string;
  try {
    text = await terminal.readFile(path);
  } catch (cause) {
    throw new UsageError(
      `--${option}: cannot read ${path}: ${(cause as Error).message}`,
      { cause },
    );
  }
  if (pattern.test(text)) return text;
  throw new Failure(
    EXIT.tls,
    `--${option}: there is no ${words} in ${path}; check that it is the right file`,
  );
}

function parseNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "" && name.length < 256)) return names;
  throw new UsageError(
    `"${text}" is no list of protocols; write for example: h2,http/1.1`,
  );
}
