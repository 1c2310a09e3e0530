/**
 * The options of a run, checked and filled in, as data that another thread can take.
 *
 * @module
 */

import { DEFAULT_FRAMING } from "../../framing/by_name.ts";
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
} from "../../framing/framing.ts";
import type { LoadRequest } from "../links/http_link.ts";
import type { MessageLinkOptions } from "../links/message_link.ts";
import {
  DEFAULT_ANSWER_TIMEOUT_MS,
  DEFAULT_LOAD_DURATION_MS,
  DEFAULT_OPEN_IN_FLIGHT,
  DEFAULT_WARM_UP_MS,
  type LoadLimit,
  type LoadOptions,
} from "../options.ts";
import { checkPlan } from "./check_plan.ts";
import { type Content, contentOf } from "./content.ts";
import { placeOf } from "./place.ts";
import { SPOKEN, type Spoken } from "./spoken.ts";

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
 * Fills in and checks the options.
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
  const spoken = SPOKEN[place.spoken];
  const isOneByOne = ratePerS === undefined || spoken.awaits !== undefined;
  const { inFlight = isOneByOne ? 1 : DEFAULT_OPEN_IN_FLIGHT } = options;
  const plan: LoadPlan = {
    address: options.address,
    ...place,
    check,
    connections,
    content: contentOf(options, spoken),
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
  checkPlan(plan);
  return plan;
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
