/**
 * The options of a hub that shares its rooms with other machines.
 *
 * @module
 */

import { durationIn, writtenDuration } from "../../arguments/durations.ts";
import {
  about,
  flag,
  optional,
  repeated,
  setting,
  type ValuesOf,
} from "../../arguments/option.ts";
import { asTyped, parseCount } from "../../arguments/values.ts";
import { UsageError } from "../../output/failure.ts";
import { checkPair } from "../../tls/tls_options.ts";

/** For how long NATS is tried before the hub listens. */
const RETRY_MS = 10_000;

/** The options by name. */
export const NATS_OPTIONS = about({ subject: "other machines (NATS)" }, {
  "nats": repeated(
    "URL",
    asTyped,
    "shares rooms with other hubs: nats://HOST; repeatable",
    { usual: true, sets: ["servers"] },
  ),
  "retry": setting(
    "DURATION",
    writtenDuration(RETRY_MS),
    durationIn({ zero: true }),
    "for how long NATS is tried before the hub listens",
  ),
  "nats-replicas": optional(
    "COUNT",
    parseCount,
    "how many servers of the cluster keep each message of --history, 1 to 5",
    { sets: ["replicas"] },
  ),
  "nats-creds": optional(
    "FILE",
    asTyped,
    "the credentials of the NATS user, as nsc makes them",
  ),
  "nats-nkey": optional(
    "FILE",
    asTyped,
    "the seed of the NATS user's nkey",
    { contradicts: "nats-creds" },
  ),
  "nats-ca": optional(
    "FILE",
    asTyped,
    "authorities to trust besides the well-known, in PEM",
  ),
  "nats-cert": optional(
    "FILE",
    asTyped,
    "the certificate that NATS sees, in PEM, with --nats-key",
  ),
  "nats-key": optional(
    "FILE",
    asTyped,
    "the private key of --nats-cert in PEM",
  ),
  "nats-server-name": optional(
    "NAME",
    asTyped,
    "the name that must be in the certificate of NATS, if not the address's",
  ),
  "nats-insecure": flag(
    "accepts any certificate of NATS: a machine in between can then read and change everything",
  ),
});

/** The options' values. */
export type NatsOptions = ValuesOf<typeof NATS_OPTIONS>;

/** Checks that the options belong together. */
export function checkNats(given: ReadonlySet<string>): void {
  checkPair(given, "nats-");
  if (given.has("nats")) return;
  for (const name of given) {
    if (name === "retry" || name.startsWith("nats-")) {
      throw new UsageError(
        `--${name} is for a hub with --nats; write for example: --nats nats://127.0.0.1`,
      );
    }
  }
}
