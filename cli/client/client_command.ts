/**
 * The command line of `parley-client`.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import { checkTarget } from "../arguments/address.ts";
import { CLIENT_FOREIGN } from "../arguments/foreign_options.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { kindsAt, refuseOthers } from "../arguments/kinds.ts";
import { loadValues } from "../arguments/load_values.ts";
import { parseArguments } from "../arguments/parse.ts";
import { framedBy, readPlace, writtenPlace } from "../arguments/place.ts";
import type { HttpCommand } from "../http/client/http_command.ts";
import { checkScheme, isWebAddress } from "../arguments/web_address.ts";
import { errorText } from "../output/error_text.ts";
import { UsageError } from "../output/failure.ts";
import { parserOf } from "../output/formats.ts";
import { checkRecord } from "../recording/record/record_options.ts";
import { checkGroup } from "../udp/group_options.ts";
import {
  checkDatagrams,
  checkMessages,
  checkProxySource,
  checkTls,
} from "./client_checks.ts";
import { CLIENT_OPTIONS, type ClientOptions } from "./client_option_table.ts";

/** What a client is asked to do. */
export interface ClientCommand {
  /** The server's address. */
  readonly address: Address;
  /** The messages of the command line. */
  readonly messages: readonly Uint8Array[];
  /** The options that were given. */
  readonly given: ReadonlySet<string>;
  /** The options' values. */
  readonly options: ClientOptions;
}

/**
 * Reads the command line of the client.
 *
 * @returns What it asks for.
 * @throws {Failure} If something is wrong with it, or a message cannot be
 * expressed in the framing: then nothing is sent.
 */
export async function parseClientArguments(
  args: readonly string[],
  { isSocket }: Pick<Terminal, "isSocket">,
): Promise<ClientCommand | HttpCommand> {
  await loadValues(args, CLIENT_OPTIONS);
  const parsed = parseArguments(args, CLIENT_OPTIONS, CLIENT_FOREIGN);
  const { operands } = parsed;
  if (operands.length === 0) {
    throw new UsageError(
      "there is no address; write ADDRESS MESSAGE, such as: 7342 hello",
    );
  }
  checkRecord(parsed.options, parsed.given);
  const written = writtenPlace(operands, isSocket);
  const { frame, text: where, words } = written;
  const typed = operands.slice(words);
  if (isWebAddress(where)) {
    checkNoFrame(frame, where);
    const { readHttpCommand } = await import("../http/client/http_command.ts");
    return readHttpCommand(where, typed, parsed.given, parsed.options);
  }
  checkScheme(where);
  const { address, framing } = readPlace(written);
  const { given, options } = framedBy(parsed, framing, "frame");
  const kinds = new Set(kindsAt(address));
  refuseOthers(CLIENT_OPTIONS, given, kinds, String(address));
  checkTarget(address);
  checkGroup(address, given, options.interface);
  checkTls(address, given);
  checkProxySource(given);
  const messages = readMessages(typed, options);
  if (kinds.has("datagrams")) {
    checkDatagrams(messages, address, options["max-message"]);
  } else {
    await checkMessages(messages, options.frame, options["max-message"]);
  }
  return { address, messages, given, options };
}

function checkNoFrame(frame: string | undefined, where: string): void {
  if (frame === undefined) return;
  throw new UsageError(
    `${frame}@ means nothing at ${where}: HTTP itself says where a message ends; leave it out`,
  );
}

function readMessages(
  typed: readonly string[],
  { format, frame }: ClientOptions,
): readonly Uint8Array[] {
  if (frame.boundary === "close" && typed.length > 1) {
    throw new UsageError(
      `--frame close carries one message and there are ${typed.length}; write for example: --frame line`,
    );
  }
  const parse = parserOf(format);
  const encoder = new TextEncoder();
  return typed.map((text, i) => {
    try {
      return parse(encoder.encode(text));
    } catch (cause) {
      throw new UsageError(`message ${i + 1}: ${errorText(cause)}`, { cause });
    }
  });
}
