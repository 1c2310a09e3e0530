/**
 * What goes together on the command line of the server, beyond which options
 * apply to what.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { UsageError } from "../output/failure.ts";
import { checkPair } from "../tls/tls_options.ts";
import type { ServerOptions } from "./server_option_table.ts";
import type { Service } from "./service.ts";
import { SERVICES } from "./services.ts";

/**
 * Refuses TLS without a certificate, and half of what client certificates need.
 *
 * @param given The options that were given.
 * @throws {UsageError} If something is missing.
 */
export function checkTls(
  addresses: readonly Address[],
  given: ReadonlySet<string>,
): void {
  const address = addresses.find(({ isTls }) => isTls);
  if (address === undefined) return;
  checkPair(given);
  if (!given.has("cert")) {
    throw new UsageError(
      `${address} needs --cert and --key; to try it, make both with: parley-server cert --name localhost --out .`,
    );
  }
  if (given.has("ca") !== given.has("require-client-cert")) {
    throw new UsageError(
      "--require-client-cert and --ca, the issuers of the clients' certificates, go together; write for example: --require-client-cert --ca clients.pem",
    );
  }
}

/**
 * Refuses options of the service `greet` that do nothing, or that its framing
 * cannot carry.
 *
 * @throws {UsageError} If there is such an option.
 */
export function checkGreeting(
  { count, every, frame }: Pick<ServerOptions, "count" | "every" | "frame">,
): void {
  if (count !== undefined && every === undefined) {
    throw new UsageError(
      "--count is for --every; write for example: --every 1s --count 3",
    );
  }
  if (every !== undefined && frame.boundary === "close") {
    throw new UsageError(
      "--every sends several messages and --frame close is for one; write for example: --frame line",
    );
  }
}

/**
 * Refuses what several workers cannot do.
 *
 * @param given The options that were given.
 * @throws {UsageError} If there is such an option.
 */
export function checkWorkers(given: ReadonlySet<string>): void {
  if (!given.has("workers")) return;
  if (given.has("fault")) {
    throw new UsageError(
      "--workers do not number connections together, as --fault does; leave one out",
    );
  }
  const recorded = ["record", "pcapng"].find((name) => given.has(name));
  if (recorded !== undefined) {
    throw new UsageError(
      `--workers do not write together what --${recorded} records; leave one out`,
    );
  }
  if (given.has("max-connections-per-peer")) {
    throw new UsageError(
      "--workers do not count together what --max-connections-per-peer bounds; leave one out",
    );
  }
}

/**
 * Refuses a service that cannot be served over UDP.
 *
 * @throws {UsageError} If one of them is UDP's.
 */
export function checkUdp(
  name: string,
  { notOverUdp }: Service,
  addresses: readonly Address[],
): void {
  const udp = addresses.find(({ transport }) => transport === "udp");
  if (udp === undefined || notOverUdp === undefined) return;
  const others = Object.entries(SERVICES)
    .filter(([, service]) => service.notOverUdp === undefined)
    .map(([other]) => other);
  throw new UsageError(
    `${name} cannot be served on ${udp}: ${notOverUdp}; use a tcp: address, or one of ${
      others.join(", ")
    }`,
  );
}
