/**
 * Reads the certificate again when a signal asks for it.
 *
 * @module
 */

import type { TlsCertificate } from "../../../lib/transport/tls/mod.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { Servers } from "../servers.ts";

/**
 * Reads the certificate again at SIGHUP; a wrong one changes nothing.
 *
 * @returns What ends that.
 */
export function reloadAtSignal(
  servers: Servers,
  { cert, key }: {
    readonly cert: string | undefined;
    readonly key: string | undefined;
  },
  terminal: Terminal,
  log: Log,
): () => void {
  if (cert === undefined || key === undefined) return () => {};
  const reload = async () => {
    try {
      const { readTlsFiles } = await import("../../tls/tls_files.ts");
      const files = { ca: undefined, cert, key };
      const content = await readTlsFiles(files, terminal);
      await servers.setCertificate(content as TlsCertificate);
      log.now(
        { event: "reloaded", cert },
        `showing the certificate in ${cert} from now on`,
      );
    } catch (error) {
      const { describe } = await import("../../output/report.ts");
      const reason = describe(error, "listening");
      log.now(
        { event: "not_reloaded", cert, reason },
        `still showing the certificate as it was: ${reason}`,
      );
    }
  };
  return terminal.onSignal("SIGHUP", () => void reload());
}
