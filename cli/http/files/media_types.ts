/**
 * Which type a file has, by the ending of its name.
 *
 * Files with other endings are sent as bytes, which no browser runs or shows.
 * Guessing from the content would let an upload become a page.
 *
 * A table of our own, and no package: `@std/media-types` carries all of mime-db, more
 * than the rest of this service, and `mrmime` would need most of these rows again, for
 * the charset and for endings that mean something else in a web root.
 *
 * @module
 */

const TEXT = "; charset=utf-8";

const TYPES: Readonly<Record<string, string>> = {
  aac: "audio/aac",
  apng: "image/apng",
  avif: "image/avif",
  bmp: "image/bmp",
  bz2: "application/x-bzip2",
  css: `text/css${TEXT}`,
  csv: `text/csv${TEXT}`,
  epub: "application/epub+zip",
  flac: "audio/flac",
  gif: "image/gif",
  gz: "application/gzip",
  htm: `text/html${TEXT}`,
  html: `text/html${TEXT}`,
  ico: "image/vnd.microsoft.icon",
  ics: `text/calendar${TEXT}`,
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: `text/javascript${TEXT}`,
  json: "application/json",
  jsonl: "application/jsonl",
  log: `text/plain${TEXT}`,
  m4a: "audio/mp4",
  map: "application/json",
  md: `text/markdown${TEXT}`,
  mjs: `text/javascript${TEXT}`,
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  ogv: "video/ogg",
  opus: "audio/ogg",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  tar: "application/x-tar",
  tiff: "image/tiff",
  // Also the ending of transport streams; a web root holds sources.
  ts: `text/plain${TEXT}`,
  tsv: `text/tab-separated-values${TEXT}`,
  ttf: "font/ttf",
  txt: `text/plain${TEXT}`,
  vtt: `text/vtt${TEXT}`,
  wasm: "application/wasm",
  wav: "audio/wav",
  webm: "video/webm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  xhtml: "application/xhtml+xml",
  xml: "application/xml",
  xz: "application/x-xz",
  yaml: "application/yaml",
  yml: "application/yaml",
  zip: "application/zip",
  zst: "application/zstd",
};

/**
 * Finds the type of a file.
 *
 * @param name Its name; the last ending counts, in any case.
 * @returns The value of `Content-Type`; text is taken to be UTF-8.
 */
export function mediaType(name: string): string {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  // Not `in`: a file may be called "x.constructor".
  return Object.hasOwn(TYPES, ending)
    ? TYPES[ending]!
    : "application/octet-stream";
}
