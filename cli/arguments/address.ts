/**
 * Addresses on the command line.
 *
 * @module
 */

import { type Address, parseAddress } from "../../mod.ts";
import { reasonOf } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";

/**
 * Reads an address of the command line.
 *
 * @param text What was typed.
 * @throws {UsageError} If it is invalid.
 */
export function readAddress(text: string): Address {
  try {
    return parseAddress(text);
  } catch (cause) {
    throw new UsageError(reasonOf(cause), { cause });
  }
}
