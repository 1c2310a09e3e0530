/**
 * Explains the fields that browsers and other clients send, in one sentence
 * each.
 *
 * @module
 */

const NOTES: Readonly<Record<string, string>> = {
  "accept":
    "The kinds of content it can show; q= is its preference from 0 to 1, which is the default.",
  "accept-charset": "The character sets it can read; obsolete.",
  "accept-encoding": "The compressions it can decompress.",
  "accept-language": "The languages its user reads, the preferred ones first.",
  "access-control-request-headers":
    "The fields that a script of another site wants to send, asked before it may.",
  "access-control-request-method":
    "The method that a script of another site wants to use, asked before it may.",
  "authorization":
    "Credentials, such as a name and a password; keep them secret.",
  "cache-control":
    "How caches on the way are to treat this; no-cache and max-age=0 ask for a fresh copy.",
  "cdn-loop": "The delivery networks it went through, to detect loops.",
  "connection":
    "What happens to the connection after the answer: keep-alive or close; or names of fields for the next machine only.",
  "content-encoding": "How the body is compressed.",
  "content-language": "The language of the body.",
  "content-length": "How many bytes of body follow the empty line.",
  "content-type": "The kind of content in the body.",
  "cookie":
    "What sites of this name asked the browser to remember; ports do not tell them apart, so these may be another program's.",
  "date": "When the request was made.",
  "device-memory": "About how many GiB of memory the device has.",
  "dnt": "Asks not to be tracked; replaced by Sec-GPC.",
  "downlink": "About how many megabits per second its network brings.",
  "dpr": "How many pixels of the screen make one of the page.",
  "ect": "About how fast its network is, such as 4g.",
  "expect":
    "100-continue: it sends the body once the server agrees to read it.",
  "forwarded":
    "The client that a proxy forwards for, and how that client connected.",
  "from": "The mail address of the person who runs this client.",
  "host":
    "The name and port in the address bar: one server can answer for many names, and tells them apart by this alone.",
  "http2-settings": "Offers to go on in HTTP/2.",
  "if-match":
    "The request applies only if the file is still in one of these states.",
  "if-modified-since":
    "It has a copy of that time; 304 is enough if there is nothing newer.",
  "if-none-match":
    "It has a copy with one of these tags; 304 is enough if the tag still matches.",
  "if-range":
    "It asks for a part if the file has not changed, else for all of it.",
  "if-unmodified-since":
    "The request applies only if nothing has changed since then.",
  "keep-alive": "How long it leaves the connection open; obsolete.",
  "max-forwards": "How many proxies a TRACE or OPTIONS may pass.",
  "origin":
    "The site whose page makes the request, if it changes something or crosses sites.",
  "pragma": "no-cache, as Cache-Control says it, for caches of the nineties.",
  "priority":
    "How urgent it is from u=0 to u=7, and i if parts are useful as they arrive.",
  "proxy-authorization": "Credentials for the proxy.",
  "proxy-connection": "Connection, misspelt for proxies by old browsers.",
  "purpose": "prefetch: the page may never be opened.",
  "range": "The bytes of the file that it asks for.",
  "referer":
    "The page whose link or picture this is; the missing r has been standard since 1996.",
  "rtt": "About how many milliseconds its network takes there and back.",
  "save-data": "on: it asks for less data.",
  "sec-ch-ua":
    "Brands and versions of the browser; one of them is made up, so that servers cannot rely on the list.",
  "sec-ch-ua-arch": "The kind of processor.",
  "sec-ch-ua-bitness": "32 or 64 bits.",
  "sec-ch-ua-full-version-list":
    "Brands of the browser with their whole versions.",
  "sec-ch-ua-mobile": "?1 on a phone, ?0 elsewhere.",
  "sec-ch-ua-model": "The model of the device.",
  "sec-ch-ua-platform": "The operating system.",
  "sec-ch-ua-platform-version": "The operating system's version.",
  "sec-ch-prefers-color-scheme": "Whether its user likes light or dark pages.",
  "sec-ch-viewport-width": "How wide the page is.",
  "sec-fetch-dest":
    "What it is for: document is a page, image a picture, empty a script's request.",
  "sec-fetch-mode":
    "How it was begun: navigate is a page opened, cors a script reading across sites.",
  "sec-fetch-site":
    "Where it comes from: none is the address bar, same-origin a page from here, cross-site one from elsewhere.",
  "sec-fetch-storage-access": "Whether it may use its cookies of another site.",
  "sec-fetch-user": "?1: a person clicked or typed.",
  "sec-gpc": "1: its user does not want personal data sold or shared.",
  "sec-purpose": "prefetch or prerender: the page is not shown yet.",
  "sec-websocket-extensions":
    "WebSocket: extensions it supports, such as compression.",
  "sec-websocket-key":
    "WebSocket: random bytes that a true WebSocket server mixes into its answer.",
  "sec-websocket-protocol": "WebSocket: protocols to agree on.",
  "sec-websocket-version": "WebSocket: the version, 13.",
  "te":
    "Codings it accepts besides chunked, and trailers if fields may follow the body.",
  "trailer": "The fields that follow the body.",
  "transfer-encoding":
    "chunked: the body comes in pieces, each with its size in front.",
  "upgrade": "Another protocol that it prefers on this connection.",
  "upgrade-insecure-requests": "1: it prefers a redirect to https.",
  "user-agent":
    "Which program is asking; Mozilla, like Gecko and Safari are in it because servers once gave good pages to these only.",
  "via": "The proxies it came through.",
  "viewport-width": "How wide the page is.",
  "x-forwarded-for":
    "The client that a proxy forwards for; a client can write anything here.",
  "x-forwarded-host": "The Host in the request to the proxy.",
  "x-forwarded-proto": "Whether the request to the proxy used http or https.",
  "x-real-ip":
    "The client that a proxy forwards for; a client can write anything here.",
  "x-requested-with": "XMLHttpRequest: a script says that it is one.",
};

/**
 * Explains a field.
 *
 * @param name Its name, in any case.
 */
export function fieldNote(name: string): string {
  const key = name.toLowerCase();
  if (Object.hasOwn(NOTES, key)) return NOTES[key]!;
  if (key.startsWith("x-")) {
    return "A private field; its meaning is agreed between the two ends.";
  }
  if (key.startsWith("sec-")) {
    return "This page does not know this field; Sec- means that no script could have set it.";
  }
  return "This page does not know this field.";
}

const METHODS: Readonly<Record<string, string>> = {
  DELETE: "asks to remove",
  GET: "asks for",
  HEAD: "asks for only the head of",
  OPTIONS: "asks what can be done with",
  PATCH: "asks to change a part of",
  POST: "brings something for",
  PUT: "brings a new state of",
};

/**
 * Explains a request line.
 *
 * @param version The version, such as `HTTP/1.1`.
 */
export function requestLineNote(
  method: string,
  target: string,
  version: string,
): string {
  const verb = Object.hasOwn(METHODS, method)
    ? METHODS[method]!
    : "is a method that this page does not know; it names what to do with";
  const what = target.startsWith("/")
    ? "the path after the host's name in the address bar"
    : target === "*"
    ? "the server as a whole"
    : "a whole address, as in requests to a proxy";
  return `The request line: ${method} ${verb} the target, which is ${what}; the answer may be in ${version}.`;
}
