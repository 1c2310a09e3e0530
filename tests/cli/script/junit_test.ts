/**
 * The report of `talk --report`, read by the XML parser of Python.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptFailure } from "../../../lib/testing/mod.ts";
import { ConnectionError } from "../../../mod.ts";
import { junitReport } from "../../../cli/script/client/junit.ts";
import { peerTest, run } from "../../support/protocol_peers.ts";
import { client, pathOf, scriptFile, server } from "../../support/scripts.ts";

/** An element, as Python's parser sees it. */
interface Element {
  readonly tag: string;
  readonly attrib: Readonly<Record<string, string>>;
  readonly text: string | null;
  readonly children: readonly Element[];
}

const READER = `
import json, sys, xml.etree.ElementTree as tree
def plain(e):
    return {"tag": e.tag, "attrib": e.attrib, "text": e.text, "children": [plain(c) for c in e]}
print(json.dumps(plain(tree.parse(sys.argv[1]).getroot())))
`;

/** Reads XML with a parser that is not ours. */
async function parsed(path: string): Promise<Element> {
  const { code, text } = await run('exec python3 -c "$1" "$2"', READER, path);
  assertEquals(code, 0);
  return JSON.parse(text);
}

const at = new Date(0);

await peerTest({
  name:
    "junitReport() counts failures, errors and scripts that did not run, whatever is in them",
  needs: ["python3"],
  async fn(folder) {
    const nasty = '<&">]]>\u0000\u001b[2J\u202e\ud800\ufffeü😀\n  more';
    const statement = `expect ${nasty}`;
    const failure = new ScriptFailure("a<b.talk", 7, { reason: nasty }, {
      statement,
      expected: nasty,
      received: nasty,
      recent: [{
        connection: "bob",
        direction: "sent",
        message: Uint8Array.of(0, 255, 60),
      }],
    });
    const refused = new ConnectionError("refused", {
      action: "connect to",
      address: "tcp://127.0.0.1:1",
      reason: "connection refused",
    });
    const report = junitReport([
      { name: "ok.talk", steps: 3, durationMs: 12.3, at },
      {
        name: "a<b.talk",
        steps: 7,
        durationMs: 1000,
        at,
        failed: { error: failure, stage: "talking" },
      },
      {
        name: "down.talk",
        steps: 1,
        durationMs: 1,
        at,
        failed: { error: refused, stage: "connecting" },
      },
    ], ["later.talk"]);
    const path = `${folder}/report.xml`;
    await Deno.writeTextFile(path, report);

    const suites = await parsed(path);
    assertEquals(suites.attrib, {
      name: "parley-client talk",
      tests: "4",
      failures: "1",
      errors: "1",
      skipped: "1",
      time: "1.013",
    });
    assertEquals(
      suites.children.map((
        { attrib: { name, tests, failures, errors, skipped } },
      ) => [name, tests, failures, errors, skipped]),
      [
        ["ok.talk", "1", "0", "0", "0"],
        ["a<b.talk", "1", "1", "0", "0"],
        ["down.talk", "1", "0", "1", "0"],
        ["later.talk", "1", "0", "0", "1"],
      ],
    );
    const tests = suites.children.map(({ children }) => children[0]!);
    assertEquals(tests[0]!.attrib, {
      name: "ok.talk",
      classname: "parley-client talk",
      file: "ok.talk",
      time: "0.012",
    });
    assertEquals(tests[1]!.attrib["line"], "7");
    const [failed] = tests[1]!.children;
    assertEquals([failed!.tag, failed!.attrib["type"]], [
      "failure",
      "ScriptFailure",
    ]);
    const shown = '<&">]]>\\x00\\x1b[2J\\u202e\ufffd\ufffdü😀\\n  more';
    assertEquals(failed!.attrib["message"], `a<b.talk:7: expect ${shown}`);
    assertStringIncludes(failed!.text!, `  received  ${shown}\n`);
    assertStringIncludes(failed!.text!, "  messages  bob → \\x00\\xff<");
    const [error] = tests[2]!.children;
    assertEquals([error!.tag, error!.attrib["type"]], [
      "error",
      "ConnectionError",
    ]);
    assert(error!.text!.includes("down.talk: cannot connect to"));
    assertEquals(tests[3]!.children[0]!.tag, "skipped");
  },
});

await peerTest({
  name: "talk --report writes what came of every script",
  needs: ["python3"],
  async fn() {
    await using echo = await server("echo", "0");
    const good = await scriptFile("good.talk", "send hi\nexpect hi\n");
    const bad = await scriptFile("bad.talk", "send hi\nexpect json {}\n");
    const report = pathOf("junit.xml");
    // What was in it is replaced.
    await Deno.writeTextFile(report, "x".repeat(100_000));
    const { code } = await client(
      ...["talk", good, bad, echo.address, "--report", report],
    );
    assertEquals(code, 1);
    const { attrib, children } = await parsed(report);
    assertEquals([attrib["tests"], attrib["failures"]], ["2", "1"]);
    const [failure] = children[1]!.children[0]!.children;
    assertStringIncludes(
      failure!.text!,
      "received  hi\n  where     it is not JSON",
    );
  },
});
