/**
 * What the flags and files of TLS come to.
 *
 * @module
 */

import type { TlsDialOptions } from "../../../lib/transport/tls/mod.ts";
import type { Address } from "../../../mod.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { ClientOptions } from "../client_option_table.ts";

/** The flags that it is made of. */
export type TlsValues = Pick<
  ClientOptions,
  | ("alpn" | "ca" | "cert" | "insecure" | "key")
  | ("server-name" | "tls-engine")
>;

/**
 * Gives what the flags and files of TLS come to, and warns if need be.
 *
 * @param terminal Where certificates are.
 * @param log Where the warning goes.
 * @returns The options; empty for an address without TLS.
 * @throws {UsageError} If a file cannot be read, or is not what it should be.
 */
export async function tlsOptions(
  { address, options }: {
    readonly address: Address;
    readonly options: TlsValues;
  },
  terminal: Terminal,
  log: Log,
): Promise<TlsDialOptions> {
  if (!address.isTls) return {};
  const { alpn, ca, cert, insecure, key } = options;
  const serverName = options["server-name"];
  const tlsEngine = options["tls-engine"];
  if (insecure) {
    log.now(
      { event: "insecure" },
      "warning: --insecure accepts any certificate: an attacker on the path can read and change everything",
    );
  }
  const { readTlsFiles } = await import("../../tls/tls_files.ts");
  return {
    ...await readTlsFiles({ ca, cert, key }, terminal),
    ...(alpn === undefined ? {} : { alpn }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(tlsEngine === undefined ? {} : { tlsEngine }),
    insecure,
  };
}
