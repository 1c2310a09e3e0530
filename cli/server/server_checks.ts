/**
 * Which options of the server go with which addresses.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { refuseStreamOptions } from "../arguments/common_options.ts";
import { DATAGRAM_SERVICES } from "../udp/datagram_services.ts";
import { UsageError } from "../output/exit_code.ts";
import { checkPair } from "../tls/tls_files.ts";

/** The options that mean nothing where there are no connections. */
const STREAM_OPTIONS = [
  ...["frame", "idle-timeout", "message-timeout", "send-timeout"],
  ...["max-connections", "max-connections-per-peer", "when-full"],
];

/** The options that mean nothing without TLS. */
const TLS_ONLY = [
  ...["cert", "key", "alpn", "require-client-cert", "ca", "handshake-timeout"],
  "tls-engine",
];

function checkTls(
  address: Address | undefined,
  given: ReadonlySet<string>,
): void {
  if (address === undefined) {
    const found = TLS_ONLY.find((name) => given.has(name));
    if (found === undefined) return;
    throw new UsageError(
      `--${found} is for TLS, and no address is; write tls://HOST:PORT, or leave it out`,
    );
  }
  checkPair(given);
  if (!given.has("cert")) {
    throw new UsageError(
      `${address} needs --cert and --key; to try it, make both with: parley-server cert --name localhost --out .`,
    );
  }
  if (given.has("ca") !== given.has("require-client-cert")) {
    throw new UsageError(
      "--require-client-cert and --ca, whose clients are let in, go together; write for example: --require-client-cert --ca clients.pem",
    );
  }
}

/**
 * Refuses options for a kind of address that there is none of.
 *
 * @param addresses The addresses.
 * @param given The options that were given.
 * @throws {UsageError} If there is such an option.
 */
export function checkKinds(
  addresses: readonly Address[],
  given: ReadonlySet<string>,
): void {
  const has = (...kinds: string[]) =>
    addresses.some(({ transport }) => kinds.includes(transport));
  checkTls(addresses.find(({ transport }) => transport === "tls"), given);
  if (given.has("mode") && !has("unix")) {
    throw new UsageError(
      "--mode is for a unix: address, and there is none; leave it out",
    );
  }
  if (given.has("workers") && !has("tcp", "tls")) {
    throw new UsageError(
      "--workers share the ports of tcp: and tls: addresses, and there is none; leave it out",
    );
  }
  if (given.has("workers") && given.has("max-connections-per-peer")) {
    throw new UsageError(
      "--workers do not count together what --max-connections-per-peer bounds; leave one out",
    );
  }
  if (given.has("proxy-protocol-from") && !has("tcp", "tls")) {
    throw new UsageError(
      "--proxy-protocol-from is for tcp: and tls: addresses, and there is none; leave it out",
    );
  }
}

/**
 * Refuses what cannot be done over UDP, and options that would do nothing.
 *
 * @param name The service.
 * @param addresses The addresses.
 * @param given The options that were given.
 * @throws {UsageError} If there is such a thing.
 */
export function checkDatagrams(
  name: string,
  addresses: readonly Address[],
  given: ReadonlySet<string>,
): void {
  const udp = addresses.filter(({ transport }) => transport === "udp");
  if (udp.length === 0) return;
  if (DATAGRAM_SERVICES[name] === undefined) {
    throw new UsageError(
      `${name} cannot be served on ${
        udp[0]
      }: it speaks first, and over UDP nobody is there to be spoken to before a datagram came; use a tcp: address, or one of ${
        Object.keys(DATAGRAM_SERVICES).join(", ")
      }`,
    );
  }
  if (udp.length === addresses.length) {
    refuseStreamOptions(given, STREAM_OPTIONS);
  }
}
