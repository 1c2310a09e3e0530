/**
 * What a load run can be asked for.
 *
 * @module
 */

import type { Framing } from "../framing/framing.ts";
import type { ConnectOptions } from "../session/messages/connect.ts";

/** The default of {@linkcode LoadOptions.durationMs}: 10 s. */
export const DEFAULT_LOAD_DURATION_MS: number = 10_000;

/** The default of {@linkcode LoadOptions.warmUpMs}: 1 s. */
export const DEFAULT_WARM_UP_MS: number = 1_000;

/** The default of {@linkcode LoadOptions.timeoutMs}: 10 s. */
export const DEFAULT_ANSWER_TIMEOUT_MS: number = 10_000;

/** The default of {@linkcode LoadOptions.size}: 64 bytes. */
export const DEFAULT_LOAD_MESSAGE_BYTES: number = 64;

/** The default of {@linkcode LoadOptions.inFlight} in an open loop. */
export const DEFAULT_OPEN_IN_FLIGHT: number = 1_000;

/** The most of {@linkcode LoadOptions.inFlight}. */
export const MOST_IN_FLIGHT: number = 65_536;

/** The most of {@linkcode LoadOptions.connections}. */
export const MOST_LOAD_CONNECTIONS: number = 65_536;

/** A limit on the latency. */
export interface LoadLimit {
  /** The share of messages in percent that must keep it, above 0 and up to 100. */
  readonly percentile: number;
  /** The highest latency that is allowed there, in milliseconds. */
  readonly ms: number;
}

/** How far a run has come. */
export interface LoadProgress {
  /** Whether it is still warming up. */
  readonly isWarmUp: boolean;
  /** Seconds since the run began, with the warm-up. */
  readonly seconds: number;
  /** Messages measured so far. */
  readonly messages: number;
  /** Errors so far. */
  readonly errors: number;
  /** Messages per second over the last interval. */
  readonly rate_per_s: number;
  /** Half of the messages of the last interval took at most so long. */
  readonly p50_us: number;
  /** 99 % of them. */
  readonly p99_us: number;
}

/** Another thread that shares the work, as a `Worker` is one. */
export interface LoadThread {
  /** Called when the thread has failed. */
  onerror: ((event: ErrorEvent) => void) | null;
  /** Called for what the thread sends. */
  onmessage: ((event: MessageEvent) => void) | null;

  /** Sends something to the thread. */
  postMessage(message: unknown): void;
}

/** The side of a worker, which is its `globalThis`. */
export interface LoadWorkerScope {
  /** Called for what the other thread sends. */
  onmessage: ((event: MessageEvent) => void) | null;

  /** Sends something to the other thread. */
  postMessage(message: unknown): void;

  /** Ends the worker. */
  close(): void;
}

/** Options for {@linkcode runLoad}. */
export interface LoadOptions extends
  Pick<
    ConnectOptions,
    | ("alpn" | "caCerts" | "cert" | "insecure" | "key" | "serverName")
    | ("tlsEngine" | "connectTimeoutMs" | "tlsHandshakeTimeoutMs")
    | ("webSocket")
  > {
  /**
   * The server: an address such as `"tcp://127.0.0.1:7342"`, `"udp://..."`,
   * `"ws://..."`, or a URL of `http:` or `https:`.
   */
  readonly address: string;
  /**
   * What is checked of the answers. `"count"`: each message gets one; an answer is
   * taken for the one to the oldest message, over UDP for the one to the message that
   * it equals, if it equals one. `"same"`: each equals its message, and
   * over a stream in the same order; over HTTP, each body equals the first one.
   * `"none"`: no answer is awaited.
   *
   * @default {"count"}
   */
  readonly check?: "same" | "count" | "none";
  /**
   * How many connections are open at a time, from 1 to 65,536.
   *
   * @default {1}
   */
  readonly connections?: number;
  /**
   * How many messages are measured. Without `durationMs` they alone end the run.
   *
   * @default {as many as the duration has room for}
   */
  readonly count?: number | undefined;
  /**
   * How long measuring takes, in milliseconds, after the warm-up.
   *
   * @default {10_000, but no bound with `count`}
   */
  readonly durationMs?: number | undefined;
  /**
   * Where a message ends, as for `connect`. With `workers` it must be a string.
   *
   * @default {"line"}
   */
  readonly framing?: Framing | string;
  /**
   * Header fields of each request, over HTTP; `host` and `accept` are added.
   *
   * @default {none}
   */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /**
   * How many messages of a connection may wait for their answer, from 1 to 65,536;
   * over HTTP it is 1.
   *
   * @default {1, but 1,000 with `ratePerS`}
   */
  readonly inFlight?: number | undefined;
  /**
   * Limits on the latency, for `limits` of the summary.
   *
   * @default {none}
   */
  readonly limits?: readonly LoadLimit[];
  /**
   * Largest message in bytes, sent or received; of HTTP, the largest body.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
  /**
   * The messages, which each connection sends in turn; over HTTP, the bodies of
   * requests. They are not copied.
   *
   * @default {messages of `size`; over HTTP, no body}
   */
  readonly messages?: readonly Uint8Array[] | undefined;
  /**
   * The method of requests, over HTTP.
   *
   * @default {"GET", but "POST" with a body}
   */
  readonly method?: string | undefined;
  /** Called about ten times a second. It must not throw. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /**
   * Whether each connection begins with a PROXY protocol header, of which version.
   *
   * @default {no header}
   */
  readonly proxyProtocol?: 1 | 2 | undefined;
  /**
   * Messages per second, over all connections. They are sent at their times, whatever
   * the server does: an open loop. Without it messages are sent when answers come: a
   * closed loop.
   *
   * @default {as many as the server answers}
   */
  readonly ratePerS?: number | undefined;
  /**
   * What determines the sizes and contents of messages: an integer.
   *
   * @default {a random one; `parameters.seed` of the summary}
   */
  readonly seed?: number | undefined;
  /**
   * Ends the run early. What was measured until then is the summary; without an open
   * connection yet, the signal's reason is thrown.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * The size of messages in bytes: one, or smallest and largest, of which every size
   * is equally frequent. Each message begins with its number.
   *
   * @default {64}
   */
  readonly size?: number | readonly [least: number, most: number] | undefined;
  /**
   * Starts a thread for `workers`, in which {@linkcode runLoadWorker} is called. A
   * program that is bundled needs it: the module of this package's worker is not a
   * file of its own there.
   *
   * @default {a worker with a module of this package}
   */
  readonly startWorker?: (() => LoadThread) | undefined;
  /**
   * Longest wait for an answer in milliseconds. Then the connection is given up.
   *
   * @default {10_000}
   */
  readonly timeoutMs?: number;
  /**
   * How long messages are sent before measuring begins, in milliseconds.
   *
   * @default {1_000}
   */
  readonly warmUpMs?: number;
  /**
   * How many threads share the work, each with its part of the connections.
   *
   * @default {1, in this thread}
   */
  readonly workers?: number;
}
