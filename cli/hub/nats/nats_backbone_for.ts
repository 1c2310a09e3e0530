/**
 * What the options, files and warnings of `--nats` come to.
 *
 * @module
 */

import type { Backbone } from "../../../lib/hub/mod.ts";
import type { NatsCredentials } from "../../../lib/nats/mod.ts";
import type { TlsDialOptions } from "../../../lib/transport/tls/mod.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { bareReason, errorText } from "../../output/error_text.ts";
import { UsageError } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { readTlsFiles } from "../../tls/tls_files.ts";
import { loadNats } from "./load_nats.ts";
import type { NatsOptions } from "./nats_options.ts";

/**
 * Makes the backbone of `--nats`.
 *
 * @throws {UsageError} If a file cannot be read.
 * @throws {TypeError} If the address of a server is invalid.
 */
export async function natsBackboneFor(
  options: NatsOptions,
  terminal: Terminal,
  log: Log,
): Promise<Backbone> {
  const tls = await tlsOf(options, terminal, log);
  const credentials = await credentialsOf(options, terminal);
  const replicas = options["nats-replicas"];
  const { natsBackbone } = await loadNats();
  return natsBackbone({
    servers: options.nats,
    retryMs: options.retry,
    onRetry: retryLog(options.retry, log),
    ...tls === undefined ? {} : { tls },
    ...credentials === undefined ? {} : { credentials },
    ...replicas === undefined ? {} : { replicas },
  });
}

/** The log has a line at the first failure; with `--verbose` at each. */
function retryLog(forMs: number, log: Log): (error: unknown) => void {
  let isFirst = true;
  return (error) => {
    if (!isFirst && !log.options.verbose) return;
    isFirst = false;
    const reason = bareReason(error);
    log.now(
      { event: "retrying", reason, forMs },
      `NATS is not ready: ${reason}; trying for ${formatDuration(forMs)}`,
    );
  };
}

async function credentialsOf(
  options: NatsOptions,
  terminal: Terminal,
): Promise<NatsCredentials | undefined> {
  const read = async (option: "nats-creds" | "nats-nkey", path: string) => {
    try {
      return await terminal.readFile(path);
    } catch (cause) {
      throw new UsageError(
        `--${option}: cannot read ${path}: ${errorText(cause)}`,
        { cause },
      );
    }
  };
  const { "nats-creds": creds, "nats-nkey": nkey } = options;
  if (creds !== undefined) return { creds: await read("nats-creds", creds) };
  if (nkey === undefined) return undefined;
  return { nkeySeed: await read("nats-nkey", nkey) };
}

async function tlsOf(
  options: NatsOptions,
  terminal: Terminal,
  log: Log,
): Promise<TlsDialOptions | undefined> {
  const insecure = options["nats-insecure"];
  const serverName = options["nats-server-name"];
  const files = {
    ca: options["nats-ca"],
    cert: options["nats-cert"],
    key: options["nats-key"],
  };
  const isAsked = insecure ||
    [serverName, ...Object.values(files)].some((value) => value !== undefined);
  // Without it the addresses and the server decide.
  if (!isAsked) return undefined;
  if (insecure) {
    log.now(
      { event: "insecure" },
      "warning: --nats-insecure accepts any certificate: an attacker on the path can read and change everything",
    );
  }
  return {
    ...await readTlsFiles(files, terminal, "nats-"),
    ...serverName === undefined ? {} : { serverName },
    insecure,
  };
}
