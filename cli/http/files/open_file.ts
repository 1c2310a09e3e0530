/**
 * Opens the file that a path below the root leads to, and never one outside.
 *
 * Links are followed as long as they stay inside. A file is opened before its
 * place is checked, because a link could be put there between a check and an
 * opening. A program that can swap entries below the root back and forth in
 * that moment could as well put a copy there.
 *
 * @module
 */

import type { FilePath } from "./file_path.ts";

/** What a path leads to. */
export type Found =
  | {
    readonly type: "file";
    readonly file: Deno.FsFile;
    readonly info: Deno.FileInfo;
  }
  | { readonly type: "folder"; readonly path: string }
  | { readonly type: "nothing" }
  | { readonly type: "forbidden" };

const NOTHING = { type: "nothing" } as const;
const FORBIDDEN = { type: "forbidden" } as const;

/**
 * Finds what a path leads to.
 *
 * @param root The root, as `Deno.realPath` gives it.
 * @param path The path below it.
 * @returns What is there. A file is open and belongs to the caller. Devices,
 * pipes, sockets and everything outside the root count as absent.
 */
export async function openBelow(
  root: string,
  { isFolder, names }: Pick<FilePath, "isFolder" | "names">,
): Promise<Found> {
  const path = [root.replace(/[/\\]$/, ""), ...names].join("/");
  try {
    const { isDirectory, isFile } = await Deno.stat(path === "" ? "/" : path);
    if (isDirectory) {
      const real = await Deno.realPath(path === "" ? "/" : path);
      return isInside(root, real) ? { type: "folder", path: real } : NOTHING;
    }
    // Opening a pipe would wait for its writer.
    return isFile && !isFolder ? await openInside(root, path) : NOTHING;
  } catch (error) {
    return failed(error);
  }
}

async function openInside(root: string, path: string): Promise<Found> {
  const file = await Deno.open(path);
  try {
    const info = await file.stat();
    const real = await Deno.realPath(path);
    const there = await Deno.lstat(real);
    const isSame = there.dev === info.dev && there.ino === info.ino;
    if (info.isFile && isSame && isInside(root, real)) {
      return { type: "file", file, info };
    }
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return NOTHING;
}

/**
 * Tells whether something is a link that leads out of the root.
 *
 * @param root The root, as `Deno.realPath` gives it.
 * @param path Where it is, in a folder inside.
 * @throws {Deno.errors.NotFound} If it leads nowhere.
 */
export async function leadsOutside(
  root: string,
  path: string,
): Promise<boolean> {
  const { isSymlink } = await Deno.lstat(path);
  return isSymlink && !isInside(root, await Deno.realPath(path));
}

function isInside(root: string, real: string): boolean {
  if (real === root) return true;
  const separator = Deno.build.os === "windows" ? "\\" : "/";
  return real.startsWith(root.endsWith(separator) ? root : root + separator);
}

function failed(error: unknown): Found {
  if (error instanceof Deno.errors.PermissionDenied) return FORBIDDEN;
  const isAbsent = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.FilesystemLoop ||
    // The runtime has no permission to read the link's target.
    error instanceof Deno.errors.NotCapable ||
    // The name is longer than the system allows.
    (error as { code?: string }).code === "ENAMETOOLONG";
  if (isAbsent) return NOTHING;
  throw error;
}
