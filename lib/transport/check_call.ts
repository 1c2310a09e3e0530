/**
 * Checks calls of connections that are not on sockets of the runtime, which checks
 * those itself.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { Address } from "./address.ts";

/**
 * Checks a read or a write.
 *
 * @param action What is to be done, such as `"read from"`.
 * @param bytes What is to be read into or written.
 * @param isBusy Whether an earlier call of the kind is pending.
 * @throws {TypeError} If it is pending, or there is no byte.
 */
export function checkCall(
  action: string,
  address: Address,
  bytes: Uint8Array,
  isBusy: boolean,
): void {
  if (bytes.length > 0 && !isBusy) return;
  throw new OptionTypeError({
    action,
    address: String(address),
    reason: isBusy
      ? "an earlier call is still pending"
      : "the array must have at least 1 byte, not 0",
  });
}
