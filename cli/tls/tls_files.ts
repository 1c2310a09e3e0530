/**
 * The files that the options of TLS name.
 *
 * @module
 */

import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import { errorText } from "../output/error_text.ts";
import { EXIT } from "../output/exit_code.ts";
import { Failure, UsageError } from "../output/failure.ts";
import type { Terminal } from "../terminal/terminal.ts";

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
 * @param terminal Where they are.
 * @param prefix What the names of the options begin with.
 * @returns What is in them; nothing for a file without a name.
 * @throws {UsageError} If one cannot be read, or is not what it should be.
 */
export async function readTlsFiles(
  { ca, cert, key }: TlsFiles,
  terminal: Terminal,
  prefix = "",
): Promise<TlsContent> {
  const content: { -readonly [K in keyof TlsContent]: TlsContent[K] } = {};
  if (ca !== undefined) {
    content.caCerts = [await readPem(`${prefix}ca`, ca, CERTIFICATE, terminal)];
  }
  if (cert !== undefined) {
    content.cert = await readPem(`${prefix}cert`, cert, CERTIFICATE, terminal);
  }
  if (key !== undefined) {
    content.key = await readPem(`${prefix}key`, key, PRIVATE_KEY, terminal);
  }
  return content;
}

/** The expected content of a file, as a pattern and in words. */
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
    // Some editors put a byte order mark in front, which belongs to no PEM.
    text = (await terminal.readFile(path)).replace(/^\ufeff/, "");
  } catch (cause) {
    throw new UsageError(
      `--${option}: cannot read ${path}: ${errorText(cause)}`,
      { cause },
    );
  }
  if (pattern.test(text)) return text;
  throw new Failure(
    EXIT.tls,
    `--${option}: there is no ${words} in ${path}; check that it is the right file`,
  );
}
