/**
 * Encodes what a script sends once, so that a message which its framing cannot
 * express is found before anything is opened.
 *
 * @module
 */

import { ByteSink } from "../../bytes/byte_sink.ts";
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Encoder,
  type Side,
} from "../../framing/framing.ts";
import { asReason, ScriptError } from "../script_error.ts";
import type {
  ParsedScript,
  ScriptConnectionOptions,
  Step,
} from "../statement.ts";
import { bytesOf, isConstant } from "../template.ts";

/**
 * Checks the messages that a script sends, as far as they are known.
 *
 * @param side The side that sends them.
 * @throws {ScriptError} If one cannot be expressed.
 */
export function checkMessages(script: ParsedScript, side: Side): void {
  const encoders = new Map<string, Encoder | undefined>();
  for (const step of script.steps) {
    const { action, connection } = step;
    if (action.type === "connect") {
      encoders.set(connection, encoderFor(action.plan.options, side));
    }
    const encoder = encoders.get(connection);
    if (action.type !== "send" || encoder === undefined) continue;
    if (isConstant(action.value)) {
      check(script.name, step, encoder, bytesOf(action.value));
    } else {
      // An encoder may treat its messages in turn, and this one is not known.
      encoders.set(connection, undefined);
    }
  }
}

function encoderFor(
  { framing, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES }:
    ScriptConnectionOptions,
  side: Side,
): Encoder | undefined {
  return framing?.encoder({ from: side, maxMessageBytes });
}

function check(
  name: string,
  { column, line }: Step,
  encoder: Encoder,
  message: Uint8Array,
): void {
  try {
    encoder.encode(message, new ByteSink());
  } catch (cause) {
    throw new ScriptError(name, line, column, asReason(cause));
  }
}
