/**
 * How long a peer over UDP is remembered.
 *
 * @module
 */

import { DEFAULT_PEER_TIMEOUT_MS } from "../../lib/relay/mod.ts";
import { deadline } from "../arguments/common_options.ts";

/** The option of every command that passes datagrams on. */
export const PEER_TIMEOUT_OPTION = deadline(
  DEFAULT_PEER_TIMEOUT_MS,
  "forgets a peer without a datagram in either direction for this long",
  { appliesTo: ["datagrams"] },
);
