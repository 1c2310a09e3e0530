/**
 * Programs of others that speak HTTP, and what their tests have in common.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Ended, Process } from "./processes.ts";

/**
 * Runs a script of the shell, the only program besides Deno and Node that tests
 * may run, to its end.
 *
 * @param script The script.
 * @returns How it ended.
 */
export async function shell(script: string): Promise<Ended> {
  await using process = new Process("sh", ["-c", script]);
  await process.end();
  return await process.ended();
}

/**
 * As {@linkcode shell}, for a script that must succeed.
 *
 * @param script The script.
 * @returns What it wrote to standard output.
 */
export async function sh(script: string): Promise<string> {
  const { code, stdout, stderr } = await shell(script);
  assertEquals(code, 0, `${script}\n${stdout}\n${stderr}`);
  return stdout;
}

/**
 * Makes the function that registers tests with a program that may be missing.
 *
 * @param program Its name as a command.
 * @returns The function. Where there is no such program, a test says in its
 * name that it was not run.
 */
export async function peerTests(
  program: string,
): Promise<(claim: string, test: () => Promise<void>) => void> {
  const { code } = await shell(`command -v ${program}`);
  return (claim, test) =>
    Deno.test({
      name: code === 0
        ? `${program} ${claim}`
        : `${program} ${claim}: not run, it is not installed`,
      ignore: code !== 0,
      fn: () => within(180_000, `the test that ${program} ${claim}`, test()),
    });
}

/**
 * Bounds a wait.
 *
 * @param ms How long.
 * @param what What is waited for, for the error.
 * @param promise The wait.
 * @returns What was waited for.
 */
export async function within<T>(
  ms: number,
  what: string,
  promise: Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Waited ${ms} ms in vain for ${what}`)),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A folder that is gone with the test. */
export interface Folder extends AsyncDisposable {
  /** Where it is. */
  readonly path: string;
}

/**
 * Makes a folder in `/tmp`.
 *
 * @returns The folder.
 */
export async function folder(): Promise<Folder> {
  const path = await Deno.makeTempDir({ prefix: "parley-http-" });
  // A worker of a foreign server runs as another user and has to get in.
  await Deno.chmod(path, 0o755);
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/**
 * Makes bytes that look random and are the same each time.
 *
 * @param length How many.
 * @returns The bytes.
 */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  // Marsaglia's xorshift: nothing in it repeats or can be compressed.
  for (let i = 0, x = 2_463_534_242; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/**
 * Takes the SHA-256 of bytes, or of all that a stream gives.
 *
 * @param source The bytes.
 * @returns It, in hexadecimal, as `sha256sum` writes it.
 */
export async function sha256(
  source: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const bytes = source instanceof Uint8Array
    ? source
    : new Uint8Array(await new Response(source).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
