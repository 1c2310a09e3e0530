/**
 * The defaults of the server that the library does not have. A server that
 * strangers reach needs bounds on waiting, a library leaves them to its user.
 *
 * @module
 */

/** The defaults by option. */
export const DEFAULTS = {
  greeting: "Welcome to the server!",
  idleTimeoutMs: 5 * 60_000,
  maxBodyBytes: 1024 * 1024,
  // As the library.
  maxProxyHeaderBytes: 2048,
  messageTimeoutMs: 30_000,
} as const;
