/**
 * How a hub proves to NATS which user it is.
 *
 * @module
 */

import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";
import type { NatsCredentials } from "../nats_options.ts";

/** Makes what the client of NATS answers a server's challenge with. */
export function authenticatorOf(credentials: NatsCredentials): Authenticator {
  const bytes = (text: string) => new TextEncoder().encode(text);
  if ("token" in credentials) return tokenAuthenticator(credentials.token);
  if ("creds" in credentials) {
    return credsAuthenticator(bytes(credentials.creds));
  }
  if ("nkeySeed" in credentials) {
    return nkeyAuthenticator(bytes(credentials.nkeySeed.trim()));
  }
  return usernamePasswordAuthenticator(credentials.user, credentials.password);
}
