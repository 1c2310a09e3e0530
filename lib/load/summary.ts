/**
 * What a load run measured: the JSON that `parley-client load --format json` prints,
 * and that `--compare` and the report read.
 *
 * A name says its unit: `_us` are microseconds, `_s` seconds, `_ms` milliseconds,
 * `bytes` bytes. Fields may be added, and are never renamed within a version.
 *
 * @module
 */

/** The version of {@linkcode LoadSummary} that this package writes and reads. */
export const LOAD_SUMMARY_VERSION = 1;

/**
 * Why a message got no right answer.
 *
 * - `connect`: a connection could not be opened, or opened again.
 * - `ended`: the server finished or closed with messages unanswered.
 * - `reset`: the connection was lost with messages unanswered.
 * - `timeout`: no answer within the timeout.
 * - `wrong`: an answer that is not what was sent.
 * - `missing`: a later message was answered, this one was not.
 * - `extra`: an answer to nothing that was sent, or a second one.
 * - `protocol`: what came breaks the framing, or HTTP.
 * - `status`: an HTTP status of 400 or more.
 */
export type LoadErrorKind =
  | "connect"
  | "ended"
  | "reset"
  | "timeout"
  | "wrong"
  | "missing"
  | "extra"
  | "protocol"
  | "status";

/** How many errors there were, by kind; a kind without errors is left out. */
export type LoadErrors = Readonly<Partial<Record<LoadErrorKind, number>>>;

/** Points of a distribution of times, in microseconds. */
export interface LatencyFigures {
  /** The shortest. */
  readonly min_us: number;
  /** The mean. */
  readonly mean_us: number;
  /** The standard deviation. */
  readonly deviation_us: number;
  /** Half of all are at most so long. */
  readonly p50_us: number;
  /** 90 % of all. */
  readonly p90_us: number;
  /** 99 % of all. */
  readonly p99_us: number;
  /** 99.9 % of all. */
  readonly p999_us: number;
  /** The longest. */
  readonly max_us: number;
}

/** One point of the curve of percentiles. */
export interface PercentilePoint {
  /** The share of messages in percent, from 0 to 100. */
  readonly percentile: number;
  /** At least so many messages took no longer. */
  readonly count: number;
  /** That share of messages took at most so long. */
  readonly latency_us: number;
  /** The service time at the same percentile. */
  readonly service_us: number;
}

/** What happened in one interval of the measured time. */
export interface LoadInterval {
  /** Where the interval begins, in seconds since measuring began. */
  readonly t_s: number;
  /** How long it is, in seconds; the last one may be shorter than the others. */
  readonly seconds: number;
  /** Messages answered in it; with `check` of `"none"`, messages sent. */
  readonly messages: number;
  /** Bytes sent and received in it. */
  readonly bytes: number;
  /** Errors of all kinds in it. */
  readonly errors: number;
  /** Half of the messages answered in it took at most so long; 0 if none was. */
  readonly p50_us: number;
  /** 90 % of them. */
  readonly p90_us: number;
  /** 99 % of them. */
  readonly p99_us: number;
  /** The longest. */
  readonly max_us: number;
}

/** A limit on the latency, and whether it was kept. */
export interface LoadLimitResult {
  /** How it was written: `p99`, `p99.9`, `max`. */
  readonly at: string;
  /** The same as a number: 99, 99.9, 100. */
  readonly percentile: number;
  /** The highest latency that keeps it. */
  readonly limit_us: number;
  /** The latency that was measured there. */
  readonly latency_us: number;
  /** How late the generator was there. */
  readonly late_us: number;
  /**
   * `"void"` if the generator itself was later than the limit allows: this machine
   * is the bottleneck, and the latency says nothing of the server.
   */
  readonly verdict: "kept" | "broken" | "void";
}

/** What was asked for. */
export interface LoadParameters {
  /** The server's address, or the URL. */
  readonly address: string;
  /** Whether messages are sent when answers come, or at their time. */
  readonly loop: "closed" | "open";
  /** Connections in all. */
  readonly connections: number;
  /** Most messages per connection that wait for their answer. */
  readonly inFlight: number;
  /** Messages per second in all; `null` for as many as the server answers. */
  readonly rate_per_s: number | null;
  /** The planned length; `null` if a count ends the run. */
  readonly duration_s: number | null;
  /** Messages to measure; `null` if a duration ends the run. */
  readonly count: number | null;
  /** The time before measuring begins. */
  readonly warmUp_s: number;
  /** What was checked of the answers. */
  readonly check: "same" | "count" | "none";
  /** Smallest message in bytes, without its frame; of HTTP, the request's body. */
  readonly minMessage_bytes: number;
  /** Largest message in bytes. */
  readonly maxMessage_bytes: number;
  /** How messages are framed; `null` for datagrams, WebSocket and HTTP. */
  readonly framing: string | null;
  /** The HTTP method; `null` for all but HTTP. */
  readonly method: string | null;
  /** The longest wait for an answer. */
  readonly timeout_s: number;
  /** Version of the PROXY protocol header of each connection; `null` without. */
  readonly proxyProtocol: 1 | 2 | null;
  /** On how many cores messages were made and answers read. */
  readonly workers: number;
  /** What chose the sizes and contents. */
  readonly seed: number;
}

/** What was used. */
export interface LoadVersions {
  /** Such as `0.1.0`. */
  readonly parley: string;
  /** Version of the runtime. */
  readonly deno: string;
  /** Version of its engine. */
  readonly v8: string;
  /** Such as `x86_64-unknown-linux-gnu`. */
  readonly target: string;
}

/**
 * What a load run measured. Messages of the warm-up are in `warmUp` alone.
 *
 * JSON holds it as it is; {@linkcode readLoadSummary} reads it back.
 */
export interface LoadSummary {
  /** Always `"parley-load"`. */
  readonly format: "parley-load";
  /** Always {@linkcode LOAD_SUMMARY_VERSION}. */
  readonly version: typeof LOAD_SUMMARY_VERSION;
  /** When measuring began, in ISO 8601 and UTC. */
  readonly startedAt: string;
  /**
   * What ended it: `"duration"` or `"count"` as asked for, `"stopped"` by the signal,
   * `"unreachable"` if the server took no connection any more.
   */
  readonly endedBy: "duration" | "count" | "stopped" | "unreachable";
  /** Messages with a right answer; with `check` of `"none"`, messages sent. */
  readonly messages: number;
  /** From the beginning to the last right answer, or to the end of the duration. */
  readonly seconds: number;
  /** `messages` divided by `seconds`. */
  readonly rate_per_s: number;
  /** Bytes sent, with frames; TLS and WebSocket frames are not counted. */
  readonly bytes_out: number;
  /** Bytes received, likewise. */
  readonly bytes_in: number;
  /**
   * From when a message was to be sent to its answer; `null` if nothing was answered.
   * In a closed loop that is when it was sent, so a stall of the server hides in it:
   * what would have been sent meanwhile was not.
   */
  readonly latency: LatencyFigures | null;
  /** From when it was sent to its answer. */
  readonly service: LatencyFigures | null;
  /**
   * How much later than planned the generator took up the messages, waits for the
   * server left out; all 0 in a closed loop. It is never subtracted from `latency`.
   */
  readonly generatorLate: {
    /** Half of all messages. */
    readonly p50_us: number;
    /** 99 % of all. */
    readonly p99_us: number;
    /** The latest. */
    readonly max_us: number;
  };
  /** Messages of the schedule that were never sent, as the server held them up. */
  readonly unsent: number;
  /** Errors by kind. */
  readonly errors: LoadErrors;
  /** Why, by kind, in words: the first reason of each kind that has one. */
  readonly errorReasons?: Readonly<Partial<Record<LoadErrorKind, string>>>;
  /** The limits that were given, in their order. */
  readonly limits: readonly LoadLimitResult[];
  /** What the warm-up saw. */
  readonly warmUp: {
    /** Messages with a right answer. */
    readonly messages: number;
    /** Errors by kind. */
    readonly errors: LoadErrors;
  };
  /**
   * The measured time in equal intervals, without gaps: of a second, of a tenth of a
   * second in short runs, longer ones in long runs, so that there are at most 1,200.
   * In a run that takes longer than it was planned to, two become one again and again;
   * its percentiles are the higher ones of the two.
   */
  readonly series: readonly LoadInterval[];
  /**
   * The curve of percentiles from 0 to 100, denser towards 100: at least 10 points for
   * every halving of the rest. Empty if nothing was answered.
   */
  readonly percentiles: readonly PercentilePoint[];
  /** What was asked for. */
  readonly parameters: LoadParameters;
  /** What was used. */
  readonly versions: LoadVersions;
}
