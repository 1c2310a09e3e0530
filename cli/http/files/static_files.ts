/**
 * The files below a folder.
 *
 * @module
 */

import { evaluate, rangeCounts, validatorsOf } from "./conditional.ts";
import type { HttpService } from "../server/http_service.ts";
import { fileBody } from "../../../lib/http/mod.ts";
import {
  type FilePath,
  isHidden,
  parseFilePath,
  targetOf,
} from "./file_path.ts";
import { pageResponse } from "../page/html.ts";
import { formatHttpDate } from "./http_date.ts";
import { listing, readFolder } from "./listing.ts";
import { mediaType } from "./media_types.ts";
import { type Found, openBelow } from "./open_file.ts";
import { notFound, plainResponse } from "../server/plain_response.ts";
import { parseRange } from "./ranges.ts";

/** Which files are served, and how. */
export interface StaticOptions {
  /** The folder, as `Deno.realPath` gives it. */
  readonly root: string;
  /** Whether a folder without an `index.html` is listed. */
  readonly index: boolean;
}

type OpenFile = Found & { readonly type: "file" };

/**
 * Makes the service.
 *
 * @param options Which files are served.
 * @returns The service. Hidden files, files outside the root and anything that is
 * not a regular file are not found.
 */
export function staticFiles(options: StaticOptions): HttpService {
  return async (request, { target }) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      const sentence = "There are only files here, to be read by GET or HEAD.";
      return plainResponse(405, sentence, { allow: "GET, HEAD" });
    }
    const path = parseFilePath(target, {
      windows: Deno.build.os === "windows",
    });
    if (path === "malformed") {
      return plainResponse(400, "The path is malformed.");
    }
    if (path === "impossible" || path.names.some(isHidden)) return notFound();
    const found = await openBelow(options.root, path);
    switch (found.type) {
      case "nothing":
        return notFound();
      case "forbidden":
        return forbidden();
      case "file":
        return answerFile(request, path.names.at(-1)!, found);
      case "folder":
        return await answerFolder(request, path, found.path, options);
    }
  };
}

function forbidden(): Response {
  return plainResponse(403, "The system does not let this server read it.");
}

async function answerFolder(
  request: Request,
  { isFolder, names, query }: FilePath,
  folder: string,
  { index, root }: StaticOptions,
): Promise<Response> {
  if (!isFolder && names.length > 0) {
    // Links in its page are relative to it.
    const location = targetOf(names, true) + query;
    return plainResponse(301, "This is a folder.", { location });
  }
  const page = { names: [...names, "index.html"], isFolder: false };
  const found = await openBelow(root, page);
  if (found.type === "file") return answerFile(request, "index.html", found);
  if (found.type === "forbidden") return forbidden();
  if (!index) return notFound();
  const filter = new URLSearchParams(query).get("q") ?? "";
  const contents = await readFolder(root, folder, filter);
  const document = listing(names, contents, filter);
  const fields = { "cache-control": "no-cache" };
  return await pageResponse(document, fields, { hasForm: true });
}

/** Answers with a file, which is closed unless its bytes are the answer. */
function answerFile(
  request: Request,
  name: string,
  { file, info }: OpenFile,
): Response {
  const { headers: asked, method } = request;
  const { size } = info;
  const now = Date.now();
  const validators = validatorsOf(size, info.mtime?.getTime() ?? NaN, now);
  const fields: Record<string, string> = {
    "accept-ranges": "bytes",
    // Caches may keep it, and ask about it every time, so changes are seen.
    "cache-control": "no-cache",
    "etag": validators.etag,
    "last-modified": formatHttpDate(validators.modifiedMs),
    "x-content-type-options": "nosniff",
  };
  const status = evaluate(asked, validators);
  if (status !== 200) {
    file.close();
    return status === 304
      ? new Response(null, { status, headers: fields })
      : plainResponse(412, "The file is not in the state you asked for.");
  }
  // A HEAD ignores ranges (RFC 9110 14.2).
  const range = method === "GET" && rangeCounts(asked, validators)
    ? parseRange(asked.get("range"), size)
    : "whole";
  if (range === "none") {
    file.close();
    return plainResponse(416, "The file is shorter than that.", {
      "content-range": `bytes */${size}`,
    });
  }
  const part = range === "whole" ? { start: 0, end: size } : range;
  fields["content-type"] = mediaType(name);
  fields["content-length"] = String(part.end - part.start);
  if (range !== "whole") {
    fields["content-range"] = `bytes ${part.start}-${part.end - 1}/${size}`;
  }
  const init = { status: range === "whole" ? 200 : 206, headers: fields };
  if (method === "HEAD" || part.start === part.end) {
    file.close();
    return new Response(null, init);
  }
  return new Response(fileBody(file, part), init);
}
