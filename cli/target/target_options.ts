/**
 * The options of TLS to the server that a command connects to for its clients.
 *
 * @module
 */

import { about, flag, optional } from "../arguments/option.ts";
import { asTyped } from "../arguments/values.ts";

/** The options by name. */
export const TARGET_TLS_OPTIONS = about({
  subject: "TLS to TARGET",
  appliesTo: ["target-tls"],
}, {
  "target-ca": optional(
    "FILE",
    asTyped,
    "authorities to trust besides the well-known, in PEM",
    { usual: true },
  ),
  "target-cert": optional(
    "FILE",
    asTyped,
    "the certificate that is shown to TARGET, in PEM, with --target-key",
  ),
  "target-key": optional(
    "FILE",
    asTyped,
    "the private key of --target-cert in PEM",
  ),
  "target-server-name": optional(
    "NAME",
    asTyped,
    "the name that must be in TARGET's certificate, if not the address's",
  ),
  "target-insecure": flag(
    "accepts any certificate of TARGET: a machine in between can then read and change everything",
  ),
});
