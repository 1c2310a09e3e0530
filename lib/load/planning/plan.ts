/**
 * The options of a run, checked and filled in, as data that another thread can take.
 *
 * @module
 */

import {
  checkDuration,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkSize,
  OptionTypeError,
  outOfRange,
} from "../../check.ts";
import { DEFAULT_FRAMING } from "../../framing/by_name.ts";
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
} from "../../framing/framing.ts";
import { checkSendSize } from "../../framing/limits.ts";
import { parseFraming } from "../../framing/parse.ts";
import type { LoadRequest } from "../links/http_link.ts";
import type { MessageLinkOptions } from "../links/message_link.ts";
import {
  DEFAULT_ANSWER_TIMEOUT_MS,
  DEFAULT_LOAD_DURATION_MS,
  DEFAULT_OPEN_IN_FLIGHT,
  DEFAULT_WARM_UP_MS,
  type LoadLimit,
  type LoadOptions,
  MOST_IN_FLIGHT,
  MOST_LOAD_CONNECTIONS,
} from "../options.ts";
import {
  checkContent,
  checkDatagrams,
  type Content,
  contentOf,
} from "./content.ts";
import { placeOf, type Spoken } from "./place.ts";

const MOST_WORKERS = 256;
// More in one second than a core can send.
const MOST_RATE = 100_000_000;

/** A run. */
export interface LoadPlan {
  /** As it was given. */
  readonly address: string;
  /** Where connections are opened. */
  readonly opens: string;
  readonly spoken: Spoken;
  readonly request: LoadRequest | undefined;
  readonly check: "same" | "count" | "none";
  readonly connections: number;
  readonly content: Content;
  readonly count: number;
  readonly durationMs: number;
  readonly framing: Framing | string;
  readonly inFlight: number;
  readonly intervalMs: number;
  readonly limits: readonly LoadLimit[];
  readonly link: MessageLinkOptions;
  readonly maxMessageBytes: number;
  readonly proxyProtocol: 1 | 2 | undefined;
  /** `undefined` in a closed loop. */
  readonly ratePerS: number | undefined;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly warmUpMs: number;
  readonly workers: number;
}

/**
 * Checks the options.
 *
 * @throws {TypeError} If one is invalid, or two contradict each other.
 * @throws {RangeError} If a number is out of its range.
 */
export function planOf(options: LoadOptions): LoadPlan {
  const {
    check = "count",
    connections = 1,
    count = Infinity,
    durationMs = count === Infinity ? DEFAULT_LOAD_DURATION_MS : Infinity,
    framing = DEFAULT_FRAMING,
    limits = [],
    maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
    proxyProtocol,
    ratePerS,
    seed = Math.floor(Math.random() * 2 ** 32),
    timeoutMs = DEFAULT_ANSWER_TIMEOUT_MS,
    warmUpMs = DEFAULT_WARM_UP_MS,
    workers = 1,
  } = options;
  const place = placeOf(options);
  const { spoken } = place;
  const isOneByOne = ratePerS === undefined || spoken === "http";
  const { inFlight = isOneByOne ? 1 : DEFAULT_OPEN_IN_FLIGHT } = options;
  const content = contentOf(options, spoken);
  checkOneOf("check", check, ["same", "count", "none"]);
  checkInteger("connections", connections, 1, MOST_LOAD_CONNECTIONS);
  checkSize("count", count, 1);
  checkDuration("durationMs", durationMs);
  checkInteger("inFlight", inFlight, 1, MOST_IN_FLIGHT);
  checkSize("maxMessageBytes", maxMessageBytes, 1);
  checkInteger("seed", seed, 0);
  checkDuration("timeoutMs", timeoutMs);
  checkNumber("warmUpMs", warmUpMs, 0);
  checkInteger("workers", workers, 1, MOST_WORKERS);
  if (ratePerS !== undefined) checkRate(ratePerS);
  for (const limit of limits) checkLimit(limit);
  const plan: LoadPlan = {
    address: options.address,
    ...place,
    check,
    connections,
    content,
    count,
    durationMs,
    framing,
    inFlight,
    intervalMs: intervalFor(durationMs),
    limits,
    link: linkOptions(options),
    maxMessageBytes,
    proxyProtocol,
    ratePerS,
    seed,
    timeoutMs,
    warmUpMs,
    workers,
  };
  checkTogether(plan);
  // Before messages of that size are made.
  if (spoken !== "http" && "most" in content) {
    checkSendSize(content.most, maxMessageBytes);
  }
  if (spoken === "datagrams") checkDatagrams(content, place.opens);
  if (spoken === "messages" && !/^wss?:/.test(place.opens)) {
    checkContent(content, seed, framing, maxMessageBytes);
  }
  return plan;
}

/** Refuses what does not go together. */
function checkTogether(plan: LoadPlan): void {
  const { check, connections, count, durationMs, framing, inFlight } = plan;
  const { limits, opens, proxyProtocol, spoken, workers } = plan;
  if (durationMs === Infinity && count === Infinity) {
    throw conflict(
      "durationMs",
      durationMs,
      "without an end, a count must be given",
    );
  }
  if (proxyProtocol !== undefined) {
    checkInteger("proxyProtocol", proxyProtocol, 1, 2);
    const isOverIt = spoken === "datagrams" || /^wss?:/.test(opens);
    if (isOverIt) {
      throw conflict("proxyProtocol", proxyProtocol, `it is not for ${opens}`);
    }
  }
  if (workers > connections) {
    throw conflict(
      "workers",
      workers,
      `there are fewer connections: ${connections}`,
    );
  }
  if (workers > 1 && typeof framing !== "string") {
    throw conflict("framing", `${framing}`, "with workers it must be a string");
  }
  if (spoken === "http" && inFlight > 1) {
    throw conflict(
      "inFlight",
      inFlight,
      "over HTTP a request waits for its response; use more connections",
    );
  }
  if (spoken === "http" && check === "none") {
    throw conflict("check", check, "over HTTP the response is awaited");
  }
  if (check === "none" && limits.length > 0) {
    const [{ percentile }] = limits as [LoadLimit];
    throw conflict(
      "limits",
      `p${percentile}`,
      "without answers no latency is measured",
    );
  }
  if (typeof framing === "string") parseFraming(framing);
}

function linkOptions(options: LoadOptions): MessageLinkOptions {
  const { alpn, caCerts, cert, connectTimeoutMs, insecure, key } = options;
  const { serverName, tlsEngine, tlsHandshakeTimeoutMs, webSocket } = options;
  const all = {
    ...{ alpn, caCerts, cert, connectTimeoutMs, insecure, key },
    ...{ serverName, tlsEngine, tlsHandshakeTimeoutMs, webSocket },
  };
  // An option that is `undefined` is not the same as one that is left out.
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  );
}

// Short runs are looked at in more detail; long ones have at most 1,200 intervals.
const SHORT_MS = 20_000;
const FINE_MS = 100;
const COARSE_MS = 1_000;
/** The most intervals of a series. */
export const MOST_INTERVALS = 1_200;

function intervalFor(durationMs: number): number {
  if (durationMs === Infinity) return COARSE_MS;
  if (durationMs <= SHORT_MS) return FINE_MS;
  return COARSE_MS * Math.ceil(durationMs / COARSE_MS / MOST_INTERVALS);
}

function checkRate(ratePerS: number): void {
  if (ratePerS > 0 && ratePerS <= MOST_RATE) return;
  throw outOfRange("ratePerS", ratePerS, `above 0 and at most ${MOST_RATE}`);
}

function checkLimit({ ms, percentile }: LoadLimit): void {
  if (!(percentile > 0 && percentile <= 100)) {
    throw outOfRange("limits", percentile, "percentiles above 0 and up to 100");
  }
  checkDuration("limits", ms);
}

function conflict(option: string, value: unknown, reason: string): TypeError {
  return new OptionTypeError({ action: "use", option, value, reason });
}
