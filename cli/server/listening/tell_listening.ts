/**
 * Tells where a server listens.
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import {
  isEveryInterface,
  isNameOfLoopback,
  reachableAt,
} from "./reachable.ts";

/**
 * Tells where a server listens, and what to write on another machine where that is
 * another address.
 *
 * @param asked The addresses on the command line.
 * @param bound Where it listens, in the same order.
 * @param write Writes an address as its clients take it.
 */
export function tellListening(
  asked: readonly Address[],
  bound: readonly Address[],
  write: (address: Address) => string,
  terminal: Terminal,
  log: Log,
): void {
  for (const address of bound) {
    log.now(
      { event: "listening", address: write(address) },
      `listening on ${write(address)}`,
    );
  }
  if (log.options.quiet) return;
  asked.forEach((place, i) => {
    const at = bound[i]!;
    // An IP address of this machine, which is what other machines need too.
    if (at.hostname === place.hostname && !isEveryInterface(at)) return;
    const interfaces = () => terminal.interfaces();
    for (const { address, via } of reachableAt(place, at, interfaces)) {
      log.now(
        { event: "reachable", address: write(address), interface: via },
        `other machines reach it at ${write(address)} (${via})`,
      );
    }
    if (isNameOfLoopback(place, at)) {
      const { hostname, port } = at;
      log.now(
        { event: "unreachable", address: write(at), name: place.hostname },
        `other machines cannot reach it: ${place.hostname} is ${hostname} here; use :${port} instead`,
      );
    }
  });
}
