/**
 * The options of commands that connect, again and again, to one address.
 *
 * @module
 */

import { DEFAULT_CONNECT_TIMEOUT_MS } from "../../../mod.ts";
import { deadline, RETRY_OPTION } from "../../arguments/common_options.ts";
import {
  about,
  flag,
  optional,
  type ValuesOf,
} from "../../arguments/option.ts";
import { asTyped } from "../../arguments/values.ts";
import { HANDSHAKE_OPTION, TLS_OPTIONS } from "../../tls/tls_options.ts";

/** The options by name. */
export const TARGET_OPTIONS = {
  ...about({ subject: "connections" }, {
    "connect-timeout": deadline(
      DEFAULT_CONNECT_TIMEOUT_MS,
      "bounds connecting",
    ),
    "retry": {
      ...RETRY_OPTION,
      help:
        "tries again for this long to make the first connection, while the server is not there yet",
      appliesTo: ["stream"],
      instead: { datagrams: "there is no connection" },
    },
  }),
  ...about({ subject: "TLS", appliesTo: ["tls"] }, {
    "ca": optional(
      "FILE",
      asTyped,
      "authorities to trust besides the well-known, in PEM",
      { sets: ["caCerts"] },
    ),
    "server-name": optional(
      "NAME",
      asTyped,
      "the name that must be in the server's certificate, if not the address's",
    ),
    "insecure": flag(
      "accepts any certificate: a machine in between can then read and change everything",
      { letter: "k" },
    ),
  }),
  ...TLS_OPTIONS,
  ...about({ subject: "TLS" }, {
    "handshake-timeout": HANDSHAKE_OPTION,
  }),
} as const;

/** The options' values. */
export type TargetValues = ValuesOf<typeof TARGET_OPTIONS>;
