/**
 * curl as it is, whatever this machine's settings are.
 *
 * @module
 */

import { sh } from "./foreign_http.ts";

/** The command, without arguments of a test's own. */
export const CURL = "curl -q -sS --noproxy '*' --max-time 120";

/**
 * Runs curl, which must succeed.
 *
 * @param args Its arguments, for the shell.
 * @returns What it wrote to standard output.
 */
export async function curl(args: string): Promise<string> {
  return await sh(`${CURL} ${args}`);
}

/**
 * Runs curl for the status alone.
 *
 * @param args Its arguments, for the shell.
 * @returns The status of the response, three digits.
 */
export async function curlStatus(args: string): Promise<string> {
  return await curl(`-o /dev/null -w '%{http_code}' ${args}`);
}
