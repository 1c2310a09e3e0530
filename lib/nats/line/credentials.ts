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
import { OptionTypeError } from "../../check.ts";
import type { NatsCredentials } from "../nats_options.ts";

/**
 * Makes what the client of NATS answers a server's challenge with.
 *
 * @throws {TypeError} If the credentials are not what they should be.
 */
export function authenticatorOf(credentials: NatsCredentials): Authenticator {
  const authenticator = unchecked(credentials);
  try {
    // The client would find out only in the middle of connecting.
    authenticator("nonce");
    return authenticator;
  } catch (cause) {
    throw new OptionTypeError({
      action: "use the credentials of NATS",
      reason: "creds" in credentials
        ? "they are not the content of a .creds file"
        : "the seed of the nkey is invalid",
      cause,
    });
  }
}

function unchecked(credentials: NatsCredentials): Authenticator {
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
