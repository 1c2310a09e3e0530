/**
 * Tells where the page of a tap is, and who else can see it.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import type { Log } from "../../output/log.ts";
import { reachableAt } from "../../server/listening/reachable.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { ServedPage } from "./start_page.ts";

/**
 * Tells it.
 *
 * @param asked The address on the command line.
 */
export function tellPage(
  asked: Address,
  { address, hosts, path }: ServedPage,
  terminal: Pick<Terminal, "interfaces">,
  log: Log,
): void {
  const url = `http://${hosts.here}${path}`;
  log.now({ event: "page", url }, `page at ${url}`);
  if (!hosts.isPublic) return;
  const urls = reachableAt(asked, address, () => terminal.interfaces()).map((
    one,
  ) => `http://${hosts.at(one.address.hostname)}${path}`);
  const others = urls.length === 0 ? "" : ` (${urls.join(", ")})`;
  log.now(
    { event: "page_public", urls },
    `the page can be reached from other machines${others}: everyone who knows its URL sees all that passes, and TLS does not protect it; --page ${address.port} is for this machine alone`,
  );
}
