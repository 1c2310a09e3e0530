/**
 * The options of TLS that both executables have.
 *
 * @module
 */

import { DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS } from "../../lib/start.ts";
import { deadline } from "../arguments/common_options.ts";
import { about, optional } from "../arguments/option.ts";
import { asTyped, oneOf } from "../arguments/values.ts";
import { UsageError } from "../output/failure.ts";

const engines = oneOf(["native", "node"]);

/** The options by name. */
export const TLS_OPTIONS = about(
  { subject: "TLS", appliesTo: ["tls", "https"] },
  {
    "cert": optional(
      "FILE",
      asTyped,
      "this end's certificate in PEM, with --key",
    ),
    "key": optional("FILE", asTyped, "the private key of --cert in PEM"),
    "alpn": optional(
      "NAME,...",
      parseNames,
      "ALPN: protocols, preferred first: h2,http/1.1",
      {
        appliesTo: ["tls"],
        instead: { http: "the protocol is http/1.1" },
      },
    ),
    "tls-engine": optional(
      "ENGINE",
      engines,
      "which TLS implementation: native is faster in bulk; node drops a peer that stalls in the handshake, and supports client certificates; chosen by the other options unless given",
      { words: engines.words },
    ),
  },
);

/** The deadline of the handshake. */
export const HANDSHAKE_OPTION = deadline(
  DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS,
  "bounds the handshake of TLS and WebSocket",
  { appliesTo: ["tls", "ws"], sets: ["tlsHandshakeTimeoutMs"] },
);

/**
 * Refuses a certificate without its key, and a key without its certificate.
 *
 * @param given The options that were given.
 * @param prefix What their names begin with.
 * @throws {UsageError} If one is missing.
 */
export function checkPair(given: ReadonlySet<string>, prefix = ""): void {
  const [cert, key] = [`${prefix}cert`, `${prefix}key`];
  for (const [one, other] of [[cert, key], [key, cert]] as const) {
    if (given.has(one) && !given.has(other)) {
      throw new UsageError(
        `--${one} needs --${other}; write both: --${cert} cert.pem --${key} key.pem`,
      );
    }
  }
}

function parseNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "" && name.length < 256)) return names;
  throw new UsageError(
    `"${text}" is not a list of protocols; write for example: h2,http/1.1`,
  );
}
