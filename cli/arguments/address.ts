/**
 * Addresses on the command line.
 *
 * @module
 */

import { type Address, parseAddress } from "../../mod.ts";
import { UsageError } from "../output/exit_code.ts";

/**
 * Reads an address of the command line.
 *
 * @param text What was typed.
 * @returns The address.
 * @throws {UsageError} If it is none.
 */
export function readAddress(text: string): Address {
  try {
    return parseAddress(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(message[0]!.toLowerCase() + message.slice(1), {
      cause,
    });
  }
}
