/**
 * The page that lists a folder.
 *
 * @module
 */

import { formatSize } from "../../arguments/sizes.ts";
import { canBeName, isHidden } from "./file_path.ts";
import { type Html, markup, page } from "../page/html.ts";
import { leadsOutside } from "./open_file.ts";

/** One entry of a folder. */
export interface Entry {
  /** Its name. */
  readonly name: string;
  /** Whether it is a folder. */
  readonly isFolder: boolean;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was last changed. */
  readonly modified: Date | null;
}

/** Most entries on a page. A longer list is of no use in a browser. */
const MOST_ENTRIES = 10_000;

/**
 * Reads a folder: what can be asked for, folders first, by name.
 *
 * @param root The root, as `Deno.realPath` gives it.
 * @param folder Where the folder is.
 * @returns Its entries. Left out are hidden entries, links that are broken or
 * lead outside the root, and anything that is neither file nor folder.
 */
export async function readFolder(
  root: string,
  folder: string,
): Promise<Entry[]> {
  const names: string[] = [];
  const windows = Deno.build.os === "windows";
  for await (const { name } of Deno.readDir(folder)) {
    if (isHidden(name) || !canBeName(name, windows)) continue;
    names.push(name);
    if (names.length === MOST_ENTRIES) break;
  }
  const entries = await Promise.all(
    names.map((name) => entryOf(root, `${folder}/${name}`, name)),
  );
  return entries.filter((entry) => entry !== undefined).sort(inOrder);
}

/** A link is shown as its target. */
async function entryOf(
  root: string,
  path: string,
  name: string,
): Promise<Entry | undefined> {
  try {
    if (await leadsOutside(root, path)) return undefined;
    const info = await Deno.stat(path);
    if (!info.isFile && !info.isDirectory) return undefined;
    const { isDirectory: isFolder, mtime: modified, size } = info;
    return { name, isFolder, size, modified };
  } catch {
    // A broken link, or an entry that was removed since: not listed.
    return undefined;
  }
}

const NAMES = new Intl.Collator("en", { numeric: true });

function inOrder(a: Entry, b: Entry): number {
  if (a.isFolder !== b.isFolder) return a.isFolder ? -1 : 1;
  return NAMES.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

/**
 * Makes the page of a folder.
 *
 * @param names The names on the way to it.
 * @param entries What is in it.
 */
export function listing(
  names: readonly string[],
  entries: readonly Entry[],
): string {
  const title = `/${names.map((name) => `${name}/`).join("")}`;
  const up = names.length === 0 ? markup`` : markup`
<tr><td><a href="../">../</a></td><td></td><td></td></tr>`;
  const body = markup`<h1>${title}</h1>
<table>
<thead><tr><th>Name</th><th class="num">Size</th><th class="num">Changed (UTC)</th></tr></thead>
<tbody>${up}${entries.map(row)}
</tbody>
</table>
<footer>${countOf(entries.length)}</footer>`;
  return page(title, body);
}

function row({ isFolder, modified, name, size }: Entry): Html {
  const end = isFolder ? "/" : "";
  // A name with a colon would be taken for a scheme.
  const href = `./${encodeURIComponent(name)}${end}`;
  const time = modified === null ? "" : timeOf(modified);
  const shownSize = isFolder ? "" : formatSize(size);
  return markup`
<tr><td><a href="${href}">${name}${end}</a></td><td class="num">${shownSize}</td><td class="num">${time}</td></tr>`;
}

/** The minute, or nothing for a time that a `Date` cannot hold. */
function timeOf(modified: Date): string {
  if (Number.isNaN(modified.getTime())) return "";
  return modified.toISOString().replace("T", " ").replace(/:[^:]*$/, "");
}

function countOf(count: number): string {
  if (count === MOST_ENTRIES) return `The first ${count} entries.`;
  return count === 1 ? "1 entry." : `${count} entries.`;
}
