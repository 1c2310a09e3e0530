/**
 * What came of scripts, in the XML of JUnit: the form that CI systems read.
 *
 * @module
 */

import { ScriptFailure } from "../../../lib/testing/mod.ts";
import { escapeControls } from "../../output/escape.ts";
import { rowsOf, type ScriptResult } from "./script_result.ts";

const SUITE = "parley-client talk";

/**
 * Writes a report.
 *
 * @param notRun The names of scripts that did not run.
 * @returns XML 1.0, UTF-8.
 */
export function junitReport(
  results: readonly ScriptResult[],
  notRun: readonly string[],
): string {
  const all = results.length + notRun.length;
  const ms = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const suites = [
    ...results.map(suiteOf),
    ...notRun.map((name) =>
      element("testsuite", { name, ...counts(1, 0, 0, 1) }, [
        element("testcase", { name, classname: SUITE, time: "0.000" }, [
          element("skipped", {}),
        ]),
      ])
    ),
  ];
  const counted = counts(
    all,
    results.filter(isFailure).length,
    results.filter(isError).length,
    notRun.length,
  );
  const attributes = { name: SUITE, ...counted, time: seconds(ms) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    element("testsuites", attributes, suites)
  }\n`;
}

/** A conversation that went differently is a failure; all else is an error. */
function isFailure({ failed }: ScriptResult): boolean {
  return failed?.error instanceof ScriptFailure;
}

function isError({ failed }: ScriptResult): boolean {
  return failed !== undefined && !(failed.error instanceof ScriptFailure);
}

function suiteOf(result: ScriptResult): string {
  const { at, durationMs, failed, name } = result;
  const [failures, errors] = [
    Number(isFailure(result)),
    Number(isError(result)),
  ];
  const time = seconds(durationMs);
  const rows = rowsOf(result);
  const error = failed?.error;
  const children = failed === undefined ? [] : [
    element(
      isFailure(result) ? "failure" : "error",
      {
        message: rows[0]!,
        type: error instanceof Error ? error.name : "Error",
      },
      [escapeXml(rows.join("\n"))],
    ),
  ];
  const line = error instanceof ScriptFailure ? { line: `${error.line}` } : {};
  const test = element(
    "testcase",
    { name, classname: SUITE, file: name, ...line, time },
    children,
  );
  // The format has no room for a zone; UTC is usual.
  const timestamp = at.toISOString().slice(0, 19);
  return element(
    "testsuite",
    { name, ...counts(1, failures, errors, 0), time, timestamp },
    [test],
  );
}

function counts(
  tests: number,
  failures: number,
  errors: number,
  skipped: number,
): Record<string, string> {
  return {
    tests: `${tests}`,
    failures: `${failures}`,
    errors: `${errors}`,
    skipped: `${skipped}`,
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join("");
  if (children.length === 0) return `<${name}${written}/>`;
  const isText = children.every((child) => !child.startsWith("<"));
  const inner = isText
    ? children.join("")
    : `\n${children.join("\n").replace(/^(?= *<)/gm, "  ")}\n`;
  return `<${name}${written}>${inner}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** XML 1.0 has no form for most control characters, nor for halves of a character. */
function escapeXml(text: string): string {
  return escapeControls(text, "\n").toWellFormed()
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"]/g, (char) => ENTITIES[char]!);
}
