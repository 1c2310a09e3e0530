/**
 * The options of requests, checked and with their defaults.
 *
 * @module
 */

import { checkDuration, checkOneOf, checkSize } from "../../check.ts";
import type { HttpResponseReadOptions } from "../wire/http_limits.ts";
import {
  DEFAULT_MAX_REDIRECTS,
  DEFAULT_MAX_RESPONSE_BYTES,
  DEFAULT_RESPONSE_BODY_TIMEOUT_MS,
  DEFAULT_RESPONSE_TIMEOUT_MS,
  type HttpDialOptions,
  type HttpExchangeOptions,
} from "./options.ts";

/** Options for one request, defaults filled in. */
export interface RequestSettings {
  readonly bodyTimeoutMs: number;
  readonly maxRedirects: number;
  readonly onBytes: HttpExchangeOptions["onBytes"];
  readonly onInformational: HttpExchangeOptions["onInformational"];
  readonly redirect: "manual" | "follow";
  readonly responseTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fills in the defaults.
 *
 * @param options The user's options.
 * @returns The settings.
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If `redirect` is neither of its values.
 */
export function requestSettings(
  options: HttpExchangeOptions,
): RequestSettings {
  const {
    bodyTimeoutMs = DEFAULT_RESPONSE_BODY_TIMEOUT_MS,
    maxRedirects = DEFAULT_MAX_REDIRECTS,
    onBytes,
    onInformational,
    redirect = "manual",
    responseTimeoutMs = DEFAULT_RESPONSE_TIMEOUT_MS,
    signal,
  } = options;
  checkDuration("bodyTimeoutMs", bodyTimeoutMs);
  checkDuration("responseTimeoutMs", responseTimeoutMs);
  checkSize("maxRedirects", maxRedirects);
  checkOneOf("redirect", redirect, ["manual", "follow"]);
  return {
    bodyTimeoutMs,
    maxRedirects,
    onBytes,
    onInformational,
    redirect,
    responseTimeoutMs,
    signal,
  };
}

/**
 * Fills in the limits on reading.
 *
 * @param options The user's options.
 * @returns The limits, including the body's.
 * @throws {RangeError} If the body's limit is out of its range.
 */
export function readOptions(
  options: HttpDialOptions,
): HttpResponseReadOptions & { readonly maxBodyBytes: number } {
  const { maxBodyBytes = DEFAULT_MAX_RESPONSE_BYTES } = options;
  checkSize("maxBodyBytes", maxBodyBytes);
  return { ...options, maxBodyBytes };
}
