/**
 * Reads the value of a fault: what it does, and how much of it.
 *
 * @module
 */

import type { ErrorParts } from "../../errors.ts";
import { parseDuration, parseSize } from "../../units.ts";
import type { FaultAction, FaultName } from "../fault.ts";
import { FAULTS } from "../fault_names.ts";
import {
  type Part,
  readProbability,
  wholeNumber,
  wrong,
} from "./fault_text.ts";

/**
 * Reads what a fault does.
 *
 * @param text All of the fault, for errors.
 * @param head Its name.
 * @param value What is behind the colon, if there is one.
 * @param jitter The parameter of that name.
 */
export function readAction(
  text: string,
  name: FaultName,
  head: Part,
  value: Part | undefined,
  jitter: Part | undefined,
): FaultAction {
  const { form } = FAULTS[name];
  if (name === "refuse") {
    if (value === undefined) return { name };
    throw wrong(text, value.column, `refuse takes no value "${value.text}"`);
  }
  if (value === undefined || value.text === "") {
    const column = head.column + head.text.length + (value ? 1 : 0);
    throw wrong(text, column, `${name} needs a value`, `write ${form}`);
  }
  switch (name) {
    case "split":
      return { name, bytes: readBytes(text, value, 1) };
    case "rate":
      return { name, bytesPerSecond: readRate(text, value) };
    case "slow-end":
      return { name, ms: readDuration(text, value) };
    case "delay":
      return { name, ...readDelay(text, value, jitter) };
    case "corrupt":
    case "drop":
    case "duplicate":
    case "reorder":
      return { name, probability: readProbability(text, value) };
    default:
      return { name, ...readPlace(text, value) };
  }
}

function readDelay(
  text: string,
  value: Part,
  jitter: Part | undefined,
): { ms: number; jitterMs: number } {
  const ms = readDuration(text, value);
  if (jitter === undefined) return { ms, jitterMs: 0 };
  const jitterMs = readDuration(text, jitter);
  if (jitterMs <= ms) return { ms, jitterMs };
  throw wrong(
    text,
    jitter.column,
    `a jitter of ${jitter.text} is more than the delay of ${value.text}, and nothing can leave before it came`,
  );
}

/** Reads how much passes before a fault strikes. */
function readPlace(
  text: string,
  value: Part,
): { after: number; unit: "bytes" | "messages" } {
  const [, digits] = /^(\d+) ?msgs?$/.exec(value.text) ?? [];
  const count = wholeNumber(digits ?? "");
  if (count !== undefined) return { after: count, unit: "messages" };
  return { after: readBytes(text, value, 0), unit: "bytes" };
}

function readBytes(text: string, value: Part, least: number): number {
  if (least === 0 && value.text === "0") return 0;
  return readUnit(
    text,
    value,
    parseSize,
    least === 0
      ? "write a number of bytes such as 10 or 64KiB, or of messages such as 3msg"
      : undefined,
  );
}

function readRate(text: string, value: Part): number {
  const [, size] = /^(.*)\/s$/.exec(value.text) ?? [];
  if (size !== undefined) {
    return readUnit(text, { ...value, text: size }, parseSize);
  }
  const near = /^\d+ ?[a-z]*$/i.test(value.text)
    ? ` (did you mean "${value.text}/s"?)`
    : "";
  throw wrong(
    text,
    value.column,
    `"${value.text}" is not a rate${near}`,
    "write a size a second, such as 64KiB/s",
  );
}

function readDuration(text: string, value: Part): number {
  return readUnit(text, value, parseDuration);
}

/** Reads a number with a unit, whose own error gets a column. */
function readUnit(
  text: string,
  { column, text: typed }: Part,
  read: (text: string) => number,
  advice?: string,
): number {
  try {
    return read(typed);
  } catch (error) {
    const { advice: own = "", reason } = error as ErrorParts;
    throw wrong(text, column, reason, advice ?? own);
  }
}
