/**
 * A summary as a short run gives it.
 *
 * @module
 */

import type { LatencyFigures, LoadSummary } from "../../lib/load/mod.ts";

const FIGURES: LatencyFigures = {
  min_us: 90,
  mean_us: 130.5,
  deviation_us: 61.2,
  p50_us: 120,
  p90_us: 180,
  p99_us: 400,
  p999_us: 900,
  max_us: 1_203,
};

/** The summary. */
export const SUMMARY: LoadSummary = {
  format: "parley-load",
  version: 1,
  startedAt: "2026-11-26T08:00:00.123Z",
  endedBy: "duration",
  messages: 4_000,
  seconds: 0.2,
  rate_per_s: 20_000,
  bytes_out: 272_000,
  bytes_in: 272_000,
  latency: FIGURES,
  service: { ...FIGURES, max_us: 1_100 },
  generatorLate: { p50_us: 3, p99_us: 45, max_us: 80 },
  unsent: 0,
  errors: { wrong: 2 },
  limits: [{
    at: "p99",
    percentile: 99,
    limit_us: 5_000,
    latency_us: 400,
    late_us: 45,
    verdict: "kept",
  }],
  warmUp: { messages: 2_000, errors: {} },
  series: [0, 0.1].map((t_s) => ({
    t_s,
    seconds: 0.1,
    messages: 2_000,
    bytes: 272_000,
    errors: 1,
    p50_us: 120,
    p90_us: 180,
    p99_us: 400,
    max_us: 1_203,
  })),
  percentiles: [
    { percentile: 0, count: 1, latency_us: 90, service_us: 90 },
    { percentile: 50, count: 2_000, latency_us: 120, service_us: 120 },
    { percentile: 100, count: 4_000, latency_us: 1_203, service_us: 1_100 },
  ],
  parameters: {
    address: "tcp://127.0.0.1:7342",
    loop: "open",
    connections: 4,
    inFlight: 1_000,
    rate_per_s: 20_000,
    duration_s: 0.2,
    count: null,
    warmUp_s: 0.1,
    check: "same",
    minMessage_bytes: 64,
    maxMessage_bytes: 64,
    framing: "length:4",
    method: null,
    timeout_s: 10,
    proxyProtocol: null,
    workers: 1,
    seed: 7,
  },
  versions: {
    parley: "0.1.0",
    deno: "2.9.6",
    v8: "14.9.0",
    target: "x86_64-unknown-linux-gnu",
  },
};
