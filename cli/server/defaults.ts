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
  // As the library, whose HTTP is loaded only for the service http.
  maxBodyBytes: 1024 * 1024,
  messageTimeoutMs: 30_000,
} as const;
