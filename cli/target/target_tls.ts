/**
 * TLS to the server that a command connects to for its clients.
 *
 * @module
 */

import type { TlsDialOptions } from "../../lib/transport/tls/mod.ts";
import type { Address } from "../../mod.ts";
import type { ValuesOf } from "../arguments/option.ts";
import type { Log } from "../output/log.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readTlsFiles } from "../tls/tls_files.ts";
import type { TARGET_TLS_OPTIONS } from "./target_options.ts";

/** What the flags and files of TLS to the target come to. */
export async function targetTls(
  target: Address,
  options: ValuesOf<typeof TARGET_TLS_OPTIONS>,
  terminal: Terminal,
  log: Log,
): Promise<TlsDialOptions> {
  if (!target.isTls) return {};
  const insecure = options["target-insecure"];
  const serverName = options["target-server-name"];
  if (insecure) {
    log.now(
      { event: "insecure" },
      "warning: --target-insecure accepts any certificate: an attacker on the path can read and change everything",
    );
  }
  const files = {
    ca: options["target-ca"],
    cert: options["target-cert"],
    key: options["target-key"],
  };
  return {
    ...await readTlsFiles(files, terminal, "target-"),
    ...(serverName === undefined ? {} : { serverName }),
    insecure,
  };
}
