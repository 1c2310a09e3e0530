/**
 * Decides whether a response is a success for a script.
 *
 * @module
 */

import { EXIT } from "../../output/exit_code.ts";
import { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import type { HttpCommand } from "./http_command.ts";

/**
 * Judges a response by its status, once its body was received.
 *
 * @param log The log, for redirects.
 * @throws {Failure} With code 1 if the status is 400 or above, or if a file was
 * to be written and there was nothing to write into it.
 */
export function judge(
  response: Response,
  { method, options }: HttpCommand,
  log: Log,
): void {
  const { ok, status, url } = response;
  if (ok) return;
  const { output } = options;
  const location = response.headers.get("location");
  const elsewhere = location === null ? "" : `, and names ${location}`;
  const answered = `${url} answered ${statusOf(response)}${elsewhere}`;
  const isUnwritten = output !== undefined && output !== "-";
  const unwritten = isUnwritten ? `; ${output} was not written` : "";
  if (status >= 400) throw new Failure(EXIT.failed, answered + unwritten);
  const advice = elsewhere === "" || options.location
    ? ""
    : "; follow it with --location";
  // With 304 the file is unchanged, which is a success of a conditional
  // request.
  if (isUnwritten && status !== 304) {
    throw new Failure(EXIT.failed, answered + unwritten + advice);
  }
  if (advice === "" || options.raw || method === "HEAD") return;
  log.soon({ event: "redirect", url, status, location }, answered + advice);
}

/**
 * Writes a status as in a status line.
 *
 * @returns Such as `404 Not Found`.
 */
export function statusOf({ status, statusText }: Response): string {
  return `${status} ${statusText}`.trim();
}
