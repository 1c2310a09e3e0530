/**
 * The options of the backbone on NATS: their checks, their defaults, and the
 * servers that they name.
 *
 * @module
 */

import { checkDuration, checkInteger, OptionTypeError } from "../check.ts";
import type { TlsDialOptions } from "../transport/tls/options.ts";

/** How a hub proves to NATS which user it is; one of four ways. */
export type NatsCredentials =
  /** A user and a password. */
  | { readonly user: string; readonly password: string }
  /** A token that all share. */
  | { readonly token: string }
  /** The seed of an nkey, `SU...`, which never leaves this machine. */
  | { readonly nkeySeed: string }
  /** The content of a `.creds` file: a JWT and the seed of its nkey. */
  | { readonly creds: string };

/** Options for {@linkcode natsBackbone}. */
export interface NatsBackboneOptions {
  /**
   * The servers, tried in a random order: `"nats://host:port"`, `"tls://host:port"` if the
   * connection must be encrypted, or `"host:port"`. The port is 4222 if it is left
   * out. `"nats://user:password@host"` and `"nats://token@host"` give credentials
   * for all servers. Other servers of the same cluster are found by themselves.
   */
  readonly servers: string | readonly string[];
  /**
   * How the hub proves which user it is.
   *
   * @default {what the servers' addresses say, else none}
   */
  readonly credentials?: NatsCredentials;
  /**
   * Options of TLS, such as an authority to trust and a certificate of the hub's
   * own. The connection must be encrypted if they are given.
   *
   * @default {none: TLS is used if the server requires it, or for "tls://"}
   */
  readonly tls?: TlsDialOptions;
  /**
   * How many servers of a cluster keep each message, from 1 to 5. It matters for a
   * hub with `history` only. The stream of such hubs is made with it, and a stream
   * that exists with another number is refused.
   *
   * @default {1, or whatever the stream that exists has}
   */
  readonly replicas?: number;
  /**
   * For how long NATS is tried at first, in milliseconds: no round through the
   * servers begins later. A connection that is lost is tried without end.
   *
   * @default {10_000}
   */
  readonly retryMs?: number;
  /**
   * Called with the failure of each round through the servers that is not the last
   * one, while NATS is tried at first.
   *
   * @default {none}
   */
  readonly onRetry?: ((error: unknown) => void) | undefined;
  /**
   * The most milliseconds of one attempt to connect to one server.
   *
   * @default {5_000}
   */
  readonly connectTimeoutMs?: number;
  /**
   * How often a silent server is asked for a sign of life, in milliseconds. The
   * hub counts as cut off after two questions without an answer.
   *
   * @default {2_000}
   */
  readonly pingIntervalMs?: number;
}

/** The options, checked. */
export interface NatsSettings {
  readonly servers: readonly string[];
  readonly credentials: NatsCredentials | undefined;
  /** `undefined` uses TLS only if the server asks for it. */
  readonly secure: TlsDialOptions | undefined;
  readonly replicas: number | undefined;
  readonly retryMs: number;
  readonly onRetry: ((error: unknown) => void) | undefined;
  readonly connectTimeoutMs: number;
  readonly pingIntervalMs: number;
}

const DEFAULT_PORT = 4222;
/** The default of {@linkcode NatsBackboneOptions.retryMs}. */
const DEFAULT_RETRY_MS = 10_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_PING_INTERVAL_MS = 2_000;
const MOST_REPLICAS = 5;

/** Checks the options, before any I/O. */
export function natsSettings(options: NatsBackboneOptions): NatsSettings {
  const {
    replicas,
    retryMs = DEFAULT_RETRY_MS,
    connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
    pingIntervalMs = DEFAULT_PING_INTERVAL_MS,
  } = options;
  const named = typeof options.servers === "string"
    ? [options.servers]
    : options.servers;
  if (named.length === 0) {
    throw new OptionTypeError({
      action: "use",
      option: "servers",
      value: "",
      reason: "at least one address is needed",
    });
  }
  const servers = named.map(serverOf);
  const encrypted = options.tls !== undefined ||
    servers.some(({ isTls }) => isTls);
  return {
    servers: servers.map(({ host }) => host),
    credentials: options.credentials ??
      servers.find(({ credentials }) => credentials !== undefined)?.credentials,
    secure: encrypted ? options.tls ?? {} : undefined,
    replicas: replicas === undefined
      ? undefined
      : checkInteger("replicas", replicas, 1, MOST_REPLICAS),
    onRetry: options.onRetry,
    retryMs: checkDuration("retryMs", retryMs, "0 or above"),
    connectTimeoutMs: checkDuration("connectTimeoutMs", connectTimeoutMs),
    pingIntervalMs: checkDuration("pingIntervalMs", pingIntervalMs),
  };
}

interface ServerAddress {
  /** `host:port`. */
  readonly host: string;
  readonly isTls: boolean;
  readonly credentials: NatsCredentials | undefined;
}

/**
 * Reads the address of a server.
 *
 * @throws {TypeError} If it has none of the forms.
 */
function serverOf(text: string): ServerAddress {
  const [, scheme, rest] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(text) ?? [];
  if (scheme !== undefined && scheme !== "nats" && scheme !== "tls") {
    throw invalid(text, `the scheme "${scheme}" is not nats or tls`);
  }
  // With a scheme that has no port of its own, the URL keeps every port.
  const url = URL.parse(`nats://${rest}`);
  const path = url?.pathname ?? "";
  if (
    url === null || url.hostname === "" || !/^\/?$/.test(path) ||
    url.search !== "" || url.hash !== ""
  ) {
    throw invalid(text, 'write for example "nats://127.0.0.1:4222"');
  }
  if (url.port === "0") throw invalid(text, "the port must be from 1 to 65535");
  return {
    host: `${url.hostname}:${url.port === "" ? DEFAULT_PORT : url.port}`,
    isTls: scheme === "tls",
    credentials: credentialsIn(url),
  };
}

/** A user alone is a token, as in the other clients of NATS. */
function credentialsIn(
  { username, password }: URL,
): NatsCredentials | undefined {
  if (username === "") return undefined;
  const user = decoded(username);
  return password === ""
    ? { token: user }
    : { user, password: decoded(password) };
}

/** A "%" that escapes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(text: string, reason: string): OptionTypeError {
  return new OptionTypeError({
    action: "use NATS server",
    // A password in it must not reach a log.
    address: `"${text.replace(/^([a-z]+:\/\/)?.*@/s, "$1...@")}"`,
    reason,
  });
}
