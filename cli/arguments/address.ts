/**
 * Addresses on the command line, also as other tools write them.
 *
 * ```text
 * localhost 9101     tcp://localhost:9101    two words, as for nc
 * udp:9901           udp://127.0.0.1:9901
 * ./app.sock         unix:./app.sock         if a socket is there
 * ```
 *
 * @module
 */

import { type Address, parseAddress } from "../../lib/start.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";
import { schemesOf } from "./kinds.ts";

/** Tells whether a socket is at a path. */
export type IsSocket = (path: string) => boolean;

/**
 * Reads an address.
 *
 * @param text What was typed.
 * @throws {UsageError} If it is invalid.
 */
export function readAddress(text: string): Address {
  if (/^(\.{0,2}\/|~)|^[^:]+\.sock(et)?$/.test(text)) {
    throw new UsageError(`no socket is at ${text}; write unix:${text}`);
  }
  try {
    return parseAddress(text);
  } catch (cause) {
    throw new UsageError(errorText(cause), { cause });
  }
}

/**
 * Writes what was typed at the place of an address as the library reads it.
 *
 * @param words What was typed: the address, and what follows.
 * @param isSocket Looks at the disk.
 * @returns The address, and how many words it took: two for HOST PORT.
 */
export function writtenAddress(
  words: readonly string[],
  isSocket: IsSocket,
): { readonly text: string; readonly words: 1 | 2 } {
  const [first = "", second = ""] = words;
  if (/^\d+$/.test(first)) return { text: first, words: 1 };
  const [, scheme, rest] =
    new RegExp(`^(${schemesOf("host")}):(?!//)(.+)$`, "i").exec(first) ?? [];
  if (scheme !== undefined) {
    const place = /^\d+$/.test(rest!) ? `127.0.0.1:${rest}` : rest;
    return { text: `${scheme}://${place}`, words: 1 };
  }
  if (isHostAlone(first) && /^\d+$/.test(second) && !isSocket(first)) {
    const host = first.includes(":") && !first.startsWith("[")
      ? `[${first}]`
      : first;
    return { text: `${host}:${second}`, words: 2 };
  }
  const isSocketAlone = !/^\d*$|^[a-z]+:/i.test(first) && isSocket(first);
  return { text: isSocketAlone ? `unix:${first}` : first, words: 1 };
}

/** Whether it is a host name or an IP address, without a port. */
function isHostAlone(text: string): boolean {
  if (/^\d*$/.test(text) || text.includes("/")) return false;
  // One colon stands before a port, more are an IPv6 address.
  return /^(\[[\da-f:.]+\]|[\da-f]*:[\da-f:.]*:[\da-f:.%a-z]*|[^:[\]]+)$/i
    .test(text);
}

/**
 * Refuses an address that cannot be connected to.
 *
 * @param listen Where the same command listens, if it does. A command that
 * connected to itself would do so again for each of its own connections.
 * @throws {UsageError} If its port is 0, or something listens there: the command.
 */
export function checkTarget(target: Address, listen?: Address): void {
  if (!isPath(target) && target.port === 0) {
    throw new UsageError(
      `cannot connect to ${target}: port 0 is only for listening, the port must be from 1 to 65535`,
    );
  }
  if (listen !== undefined && isReachedBy(listen, target)) {
    throw new UsageError(
      `${target} is where this command itself listens; write the address of a server as TARGET`,
    );
  }
}

/** Whether it is a path, as of a Unix socket, which has neither host nor port. */
export function isPath({ hostname }: Address): boolean {
  return hostname === "";
}

/** Whether what is sent to one address arrives at the other. */
function isReachedBy(listen: Address, target: Address): boolean {
  if (isPath(listen) || isPath(target)) {
    return String(listen) === String(target);
  }
  const isDatagram = (one: Address) => one.transport === "udp";
  return listen.port === target.port &&
    isDatagram(listen) === isDatagram(target) &&
    (listen.hostname === target.hostname ||
      isLoopback(target.hostname) &&
        (isLoopback(listen.hostname) || isEveryInterface(listen.hostname)));
}

// 127.0.0.2 and "::1" are hosts of their own to listen on.
function isLoopback(hostname: string): boolean {
  return hostname === "127.0.0.1" || hostname === "localhost";
}

function isEveryInterface(hostname: string): boolean {
  return hostname === "::" || hostname === "0.0.0.0";
}
