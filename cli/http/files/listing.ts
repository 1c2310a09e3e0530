/**
 * The page that lists a folder.
 *
 * @module
 */

import { formatSize } from "../../arguments/sizes.ts";
import { canBeName, isHidden } from "./file_path.ts";
import { page } from "../page/html.ts";
import { type Html, markup } from "../page/markup.ts";
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

/** What is in a folder, as far as a page shows it. */
export interface Contents {
  /** The entries to show, folders first, by name. */
  readonly entries: readonly Entry[];
  /** How many names there are in all, of those that are asked for. */
  readonly total: number;
  /** How many links lead nowhere, or out of the root, and are left out. */
  readonly broken: number;
}

/** Most entries on a page. A longer list is of no use in a browser. */
const MOST_ENTRIES = 10_000;
// A folder of more is not read to its end: its names alone would take 100 MB.
const MOST_NAMES = 1_000_000;
// A page with fewer entries is searched faster by eye.
const LEAST_FOR_FILTER = 20;

/**
 * Reads a folder: all names first, sorted, of which the first are looked at.
 *
 * @param root The root, as `Deno.realPath` gives it.
 * @param folder Where the folder is.
 * @param filter What a name must contain, in any case.
 * @returns What is in it. Hidden names are left out, and whatever is neither a
 * file nor a folder.
 */
export async function readFolder(
  root: string,
  folder: string,
  filter = "",
): Promise<Contents> {
  const wanted = filter.toLowerCase();
  const found: { name: string; isFolder: boolean; isLink: boolean }[] = [];
  const windows = Deno.build.os === "windows";
  for await (const entry of Deno.readDir(folder)) {
    const { isDirectory: isFolder, isSymlink: isLink, name } = entry;
    if (isHidden(name) || !canBeName(name, windows)) continue;
    if (!name.toLowerCase().includes(wanted)) continue;
    found.push({ name, isFolder, isLink });
    if (found.length === MOST_NAMES) break;
  }
  const first = found.sort(inOrder).slice(0, MOST_ENTRIES);
  const entries: Entry[] = [];
  let broken = 0;
  const looked = await Promise.all(
    first.map(({ name }) => entryOf(root, `${folder}/${name}`, name)),
  );
  looked.forEach((entry, i) => {
    if (entry !== undefined) entries.push(entry);
    else if (first[i]!.isLink) broken++;
  });
  // A link to a folder is one of them, which only now is known.
  return { entries: entries.sort(inOrder), total: found.length, broken };
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

/** What decides where an entry is listed. */
type Sorted = Pick<Entry, "name" | "isFolder">;

const NAMES = new Intl.Collator("en", { numeric: true });

function inOrder(a: Sorted, b: Sorted): number {
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
  { broken, entries, total }: Contents,
  filter = "",
): string {
  const title = `/${names.map((name) => `${name}/`).join("")}`;
  const up = names.length === 0 ? markup`` : markup`
<tr><td><a href="../">../</a></td><td></td><td></td></tr>`;
  const form = filter === "" && total < LEAST_FOR_FILTER
    ? markup``
    : markup`<form class="filter"><input name="q" type="search" value="${filter}" placeholder="Part of a name" aria-label="Part of a name"> <button>Filter</button></form>
`;
  const body = markup`<h1>${title}</h1>
${form}<table>
<thead><tr><th>Name</th><th class="num">Size</th><th class="num">Changed (UTC)</th></tr></thead>
<tbody>${up}${entries.map(row)}
</tbody>
</table>
<footer>${countOf(entries.length, total)}${brokenOf(broken)}</footer>`;
  return page(title, body);
}

function row({ isFolder, modified, name, size }: Entry): Html {
  const end = isFolder ? "/" : "";
  // A name with a colon would be taken for a scheme.
  const href = `./${encodeURIComponent(name)}${end}`;
  const [day, time] = modified === null ? ["", ""] : timeOf(modified);
  const shownSize = isFolder ? "" : formatSize(size);
  return markup`
<tr><td><a href="${href}">${name}${end}</a></td><td class="num">${shownSize}</td><td class="num">${day}<span class="time"> ${time}</span></td></tr>`;
}

/** The day and the minute, or nothing for a time that a `Date` cannot hold. */
function timeOf(modified: Date): [day: string, time: string] {
  if (Number.isNaN(modified.getTime())) return ["", ""];
  const [day = "", time = ""] = modified.toISOString().split("T");
  return [day, time.replace(/:[^:]*$/, "")];
}

function countOf(shown: number, total: number): string {
  const count = total.toLocaleString("en");
  if (total > MOST_ENTRIES) {
    return `${
      shown.toLocaleString("en")
    } of ${count} entries, the first by name.`;
  }
  return shown === 1 ? "1 entry." : `${shown.toLocaleString("en")} entries.`;
}

function brokenOf(count: number): string {
  if (count === 0) return "";
  return count === 1
    ? " 1 link leads nowhere or out of here."
    : ` ${count.toLocaleString("en")} links lead nowhere or out of here.`;
}
