import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { ipBytes, makeCertificate } from "../../../cli/tls/certificate.ts";
import { runServer } from "../../../cli/commands.ts";
import { readTlsFiles } from "../../../cli/tls/tls_files.ts";
import { hasOpenssl } from "../../support/certificates.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

async function inFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "parley-cert-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function cert(...args: string[]): Promise<RecordedTerminal> {
  const terminal = new RecordedTerminal();
  const code = await runServer(["cert", ...args], terminal);
  assertEquals(code === 0 ? terminal.told : code > 0, code === 0 ? "" : true);
  return terminal;
}

Deno.test("cert writes a pair that nobody else can read, in a new folder", () =>
  inFolder(async (folder) => {
    const { shown } = await cert("--out", `${folder}/a/b/`);
    assertEquals(
      shown,
      `${folder}/a/b/cert.pem and ${folder}/a/b/key.pem are for localhost, 127.0.0.1, ::1 until 1970-01-11T00:00:00.000Z\n`,
    );
    const { mode } = await Deno.stat(`${folder}/a/b/key.pem`);
    assertEquals(mode! & 0o777, 0o600);
    const key = await Deno.readTextFile(`${folder}/a/b/key.pem`);
    assertMatch(key, /^-----BEGIN PRIVATE KEY-----\n/);
  }));

Deno.test("cert overwrites nothing", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/key.pem`, "precious");
    const terminal = new RecordedTerminal();
    const code = await runServer(["cert", "--out", folder], terminal);
    assertEquals(code, 9);
    assertMatch(terminal.told, /key\.pem: it is there already; remove it, or/);
    assertEquals(await Deno.readTextFile(`${folder}/key.pem`), "precious");
  }));

Deno.test("cert exits 2 in one line for what it does not know", async () => {
  const lines: [string, RegExp][] = [
    [
      "--valid-for 1h",
      /^parley-server: there is no --out; .*; see parley-server cert --help/,
    ],
    ["--name x", /there is no --out; write for example: --out \./],
    ["x", /"x" is not an option; write for example: --name x --out \./],
    ["--out . --name a_b..c", /"a_b\.\.c" is neither a host name/],
    ["--out . --name 300.1.1.1", /is neither a host name nor an IP address/],
    ["--out . --valid-for 5", /"5" is not a duration/],
    ["--out . --nmae x", /did you mean --name/],
  ];
  for (const [line, pattern] of lines) {
    const terminal = new RecordedTerminal();
    const args = ["cert", ...line.split(" ").filter((word) => word !== "")];
    assertEquals([line, await runServer(args, terminal)], [line, 2]);
    assertMatch(terminal.told, pattern);
  }
});

Deno.test("cert --help says what it is good for", async () => {
  const terminal = await cert("--help");
  assertMatch(terminal.shown, /^Usage: parley-server cert --out DIR/m);
});

Deno.test({
  name: "makeCertificate() gives what openssl takes, strictly, for each name",
  ignore: !hasOpenssl,
  fn: () =>
    inFolder(async (folder) => {
      const now = Date.now();
      const names = ["localhost", "*.box.example", "192.0.2.2", "2001:db8::1"];
      const pair = await makeCertificate({
        names,
        notBefore: new Date(now - 1000),
        notAfter: new Date(now + 60_000),
      });
      await Deno.writeTextFile(`${folder}/cert.pem`, pair.cert);
      const checks = [
        ...["localhost", "www.box.example"].map((n) => ["-verify_hostname", n]),
        ...["192.0.2.2", "2001:db8::1"].map((ip) => ["-verify_ip", ip]),
      ];
      for (const check of checks) {
        const { success, stderr } = await new Deno.Command("openssl", {
          args: [
            ...["verify", "-x509_strict", "-purpose", "sslserver", ...check],
            ...["-CAfile", "cert.pem", "cert.pem"],
          ],
          cwd: folder,
        }).output();
        assertEquals(success, true, new TextDecoder().decode(stderr));
      }
    }),
});

Deno.test("makeCertificate() makes another key each time, valid after 2049 too", async () => {
  const options = {
    names: ["a".repeat(63) + ".example"],
    notBefore: new Date("2026-01-01"),
    notAfter: new Date("2051-01-01"),
  };
  const [one, other] = [
    await makeCertificate(options),
    await makeCertificate(options),
  ];
  assertNotEquals(one.key, other.key);
  assertMatch(atob(one.cert.split("\n").slice(1, -2).join("")), /20510101/);
});

Deno.test("ipBytes() reads IPv4 and IPv6", () => {
  const read = (text: string) => ipBytes(text)?.join(" ");
  assertEquals(read("192.0.2.2"), "192 0 2 2");
  assertEquals(read("::1"), "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1");
  assertEquals(read("2001:db8::1:0"), "32 1 13 184 0 0 0 0 0 0 0 0 0 1 0 0");
  assertEquals(read("1:2:3:4:5:6:7:8"), "0 1 0 2 0 3 0 4 0 5 0 6 0 7 0 8");
  assertEquals(read("::ffff:1.2.3.4"), "0 0 0 0 0 0 0 0 0 0 255 255 1 2 3 4");
  for (const none of ["1.2.3.256", "1.2.3", "::1::", "x", ""]) {
    assertEquals(read(none), undefined);
  }
});

Deno.test("a byte order mark in front of a certificate is passed over", () =>
  inFolder(async (folder) => {
    await cert("--out", folder);
    for (const name of ["cert.pem", "key.pem"]) {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${name}`, `\ufeff${text}`);
    }
    const files = {
      ca: `${folder}/cert.pem`,
      cert: `${folder}/cert.pem`,
      key: `${folder}/key.pem`,
    };
    const content = await readTlsFiles(files, new RecordedTerminal());
    for (const pem of [content.caCerts![0]!, content.cert!, content.key!]) {
      assertMatch(pem, /^-----BEGIN/);
    }
  }));
