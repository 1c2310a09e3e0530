/**
 * What the command line of `load` asks for.
 *
 * @module
 */

import type { LoadOptions } from "../../lib/load/mod.ts";
import type { Address } from "../../mod.ts";
import {
  checkScheme,
  isWebAddress,
  readUrl,
  serverOf,
} from "../arguments/web_address.ts";
import {
  isWebSocket,
  type Kind,
  kindsAt,
  refuseOthers,
} from "../arguments/kinds.ts";
import { framedBy, writtenPlace } from "../arguments/place.ts";
import { tlsOptions } from "../client/connection/tls_settings.ts";
import { UsageError } from "../output/failure.ts";
import type { Log } from "../output/log.ts";
import { readTarget } from "../client/connection/target.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { checkPair } from "../tls/tls_options.ts";
import { webSocketClient } from "../websocket/websocket_options.ts";
import { LOAD_OPTIONS, type LoadValues } from "./load_options.ts";
import { readMessages } from "./written/messages_file.ts";
import { readAll } from "../terminal/read_file.ts";

/** A command line that was taken apart. */
export interface LoadCommand {
  readonly address: Address;
  /** The URL, of a web server. */
  readonly url: string | undefined;
  /** What is sent in turn. */
  readonly typed: readonly string[];
  readonly given: ReadonlySet<string>;
  readonly options: LoadValues;
}

/**
 * Reads a command line.
 *
 * @throws {UsageError} If something is wrong with it.
 */
export function readLoadCommand(
  operands: readonly string[],
  parsed: { readonly given: ReadonlySet<string>; readonly options: LoadValues },
  terminal: Terminal,
): LoadCommand {
  const [first] = operands;
  if (first === undefined) {
    throw new UsageError(
      "there is no address; write for example: load 7342 --frame length:4",
    );
  }
  const command = isWebAddress(first)
    ? readWeb(first, operands.slice(1), parsed)
    : readPeer(operands, parsed, terminal);
  const { address, given, url } = command;
  refuseOthers(LOAD_OPTIONS, given, kindsOf(command), url ?? `${address}`);
  checkPair(given);
  checkContent(command);
  checkFiles(command);
  return command;
}

function readWeb(
  text: string,
  typed: readonly string[],
  parsed: Pick<LoadCommand, "given" | "options">,
): LoadCommand {
  const url = readUrl(text, "write --header 'Authorization: Basic ...'");
  return { ...parsed, address: serverOf(url), url: text, typed };
}

function readPeer(
  operands: readonly string[],
  parsed: Pick<LoadCommand, "given" | "options">,
  terminal: Terminal,
): LoadCommand {
  checkScheme(writtenPlace(operands, terminal.isSocket).text);
  const { address, framing, rest } = readTarget(operands, terminal);
  const { given, options } = framedBy(parsed, framing, "frame");
  return { address, url: undefined, typed: rest, given, options };
}

/** What options can apply to. */
function kindsOf({ address, url }: LoadCommand): ReadonlySet<Kind> {
  if (url !== undefined) {
    return new Set<Kind>(
      address.isTls ? ["http", "https", "tls"] : ["http"],
    );
  }
  return new Set(kindsAt(address));
}

/** Refuses more than one answer to the question what is sent. */
function checkContent({ given, typed, url }: LoadCommand): void {
  if (url !== undefined && typed.length > 0) {
    throw new UsageError(
      `"${typed[0]}" is one operand too many; a body is written with --data`,
    );
  }
  if (given.has("alpn") && url !== undefined) {
    throw new UsageError(
      "--alpn means nothing over HTTP: the protocol is http/1.1; leave it out",
    );
  }
  const said = [
    ...typed.length > 0 ? ["MESSAGE"] : [],
    ...["size", "messages", "data"].flatMap((name) =>
      given.has(name) ? [`--${name}`] : []
    ),
  ];
  if (said.length > 1) {
    throw new UsageError(
      `${said.join(" and ")} both say what is sent; leave one out`,
    );
  }
  if (given.has("seed") && !given.has("size") && said.length > 0) {
    throw new UsageError(
      "--seed is for messages that are made; write for example: --size 64-4KiB --seed 7",
    );
  }
}

/** Refuses to write two files into one, or over the earlier run, or to read one twice. */
function checkFiles({ options }: LoadCommand): void {
  const { compare, data, messages } = options;
  const readers = [
    ...compare === "-" ? ["--compare"] : [],
    ...messages === "-" ? ["--messages"] : [],
    ...data?.kind === "input" ? ["--data"] : [],
  ];
  if (readers.length > 1) {
    throw new UsageError(
      `${
        readers.join(" and ")
      } both read standard input; name a file for one of them`,
    );
  }
  const names = new Map([[compare, "compare"]]);
  for (
    const [option, example] of [["hdr", "run.hdr"], ["report", "run.html"]]
  ) {
    const path = options[option as "hdr" | "report"];
    if (path === undefined) continue;
    if (path === "" || path === "-") {
      throw new UsageError(
        `--${option} needs the name of a file; write for example: --${option} ${example}`,
      );
    }
    const other = names.get(path);
    if (other !== undefined) {
      throw new UsageError(
        `--${option} and --${other} name the same file; give it a file of its own: --${option} ${example}`,
      );
    }
    names.set(path, option!);
  }
}

/**
 * Gives what the library is asked for. It reads the files that are named.
 *
 * @throws {Failure} If one cannot be read, or does not hold what it should.
 */
export async function loadOptionsOf(
  command: LoadCommand,
  terminal: Terminal,
  log: Log,
): Promise<LoadOptions> {
  const { address, options, url } = command;
  const content = await contentOf(command, terminal);
  return {
    address: url ?? `${address}`,
    ...await tlsOptions(command, terminal, log),
    check: options.check,
    connections: options.connections,
    connectTimeoutMs: options["connect-timeout"],
    count: options.count,
    durationMs: options.duration,
    inFlight: options["in-flight"],
    limits: options.limit,
    maxMessageBytes: options["max-message"],
    proxyProtocol: options["proxy-protocol"],
    ratePerS: options.rate,
    seed: options.seed,
    timeoutMs: options.timeout,
    tlsHandshakeTimeoutMs: options["handshake-timeout"],
    warmUpMs: options["warm-up"],
    workers: options.workers,
    ...content,
    ...isWebSocket(address)
      ? { webSocket: webSocketClient(options, options.header) }
      : {},
    ...url === undefined
      ? {}
      : { headers: options.header, method: options.method },
  };
}

/** What is sent, and how it is framed. */
async function contentOf(
  { address, given, options, typed, url }: LoadCommand,
  { input }: Terminal,
): Promise<Pick<LoadOptions, "framing" | "messages" | "size">> {
  // Threads take the string.
  const framing = `${options.frame}`;
  const { data, messages: path, size } = options;
  if (path !== undefined) {
    const isUdp = address.transport === "udp";
    const isFramed = given.has("frame") ? options.frame : undefined;
    const found = await readMessages(path, {
      framing: isUdp ? "datagrams" : isFramed,
      maxMessageBytes: options["max-message"],
    }, input);
    return {
      messages: found.messages,
      framing: `${isFramed ?? found.framing ?? options.frame}`,
    };
  }
  if (data !== undefined) {
    const body = data.kind === "text"
      ? new TextEncoder().encode(data.text)
      : await readAll(data.kind === "file" ? data.path : "-", input);
    return { messages: [body] };
  }
  if (typed.length > 0) {
    const encoder = new TextEncoder();
    return { framing, messages: typed.map((text) => encoder.encode(text)) };
  }
  return url === undefined || size !== undefined ? { framing, size } : {};
}
