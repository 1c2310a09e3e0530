/**
 * What the page does. It shows what strangers have sent, so everything goes into
 * the document as text.
 *
 * @module
 */

/** The script. */
export const PAGE_SCRIPT = String.raw`
"use strict";
const $ = (id) => document.getElementById(id);
const MOST_ROWS = 2000, MOST_KEPT = 10000, SECONDS = 60;
const rows = $("rows"), kept = [], perSecond = new Map();
let chosen, isPaused = false, held = [], missed = 0, messages = 0, pending = [], frame = 0;

const data = document.body.dataset;
$("listen").textContent = data.listen;
$("target").textContent = data.target;
$("framing").textContent = data.framing;

const source = new EventSource("events");
source.onopen = () => say("live", true);
source.onerror = () => say("the tap has ended, or cannot be reached", false);
source.onmessage = ({ data }) => {
  const update = JSON.parse(data);
  missed += update.missed;
  for (const event of update.events) arrived(event);
  if (frame === 0) frame = requestAnimationFrame(draw);
};

function say(text, isLive) {
  $("state").textContent = text;
  $("dot").className = isLive ? "live" : "";
}

function arrived(event) {
  if (event.kind === "message") {
    messages++;
    const second = event.at.slice(0, 19);
    perSecond.set(second, (perSecond.get(second) || 0) + 1);
    if (perSecond.size > 2 * SECONDS) perSecond.delete(perSecond.keys().next().value);
  }
  kept.push(event);
  if (kept.length > MOST_KEPT + 1000) kept.splice(0, 1000);
  (isPaused ? held : pending).push(event);
  if (held.length > MOST_KEPT) held.splice(0, held.length - MOST_KEPT);
}

function draw() {
  frame = 0;
  const isAtEnd = rows.scrollHeight - rows.scrollTop - rows.clientHeight < 60;
  const fresh = document.createDocumentFragment();
  for (const event of pending.filter(passes).slice(-MOST_ROWS)) fresh.append(rowOf(event));
  pending = [];
  rows.append(fresh);
  const top = rows.scrollTop, height = rows.scrollHeight;
  for (let extra = rows.childElementCount - MOST_ROWS; extra > 0; extra--) rows.firstChild.remove();
  // A reader who has scrolled back stays where they are.
  rows.scrollTop = isAtEnd ? rows.scrollHeight : top - (height - rows.scrollHeight);
  counts();
  $("empty").hidden = rows.childElementCount > 0;
  if (!$("empty").hidden) tellEmpty();
}

function tellEmpty() {
  const isNew = messages === 0 && kept.length === 0 && held.length === 0;
  $("empty").textContent = isNew
    ? "Waiting for the first connection. Point your client at " + data.listen + "."
    : kept.length > 0 ? "Nothing of the last " + many(kept.length, "event") + " passes the filter." : "Cleared. What passes next is shown here.";
}

function counts() {
  const parts = [many(messages, "message")];
  if (missed > 0) parts.push(many(missed, "event") + " not shown");
  if (held.length > 0) parts.push(held.length.toLocaleString("en") + " waiting");
  $("counts").textContent = "· " + parts.join(" · ");
}

function many(count, what) {
  return count.toLocaleString("en") + " " + what + (count === 1 ? "" : "s");
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function rowOf(event) {
  const row = element("div", "row " + (event.kind === "message" ? "message" : event.kind === "error" ? "event error" : event.kind === "fault" ? "event fault" : "event"));
  row.event = event;
  const meta = element("span", "meta");
  meta.append(element("b", "", "#" + event.connection), element("span", "at", event.at.slice(11, 23)));
  const lane = element("div", "lane " + (event.to || ""));
  row.append(meta, lane);
  if (event.kind !== "message") {
    const text = event.kind === "open" ? event.peer + " connected" : event.text;
    lane.append(element("span", "", ({ error: "✗ ", fault: "⚡ " }[event.kind] || "") + (event.kind === "fault" && event.to ? (event.to === "server" ? "→ " : "← ") : "") + text));
    return row;
  }
  const arrow = event.to === "server" ? "→" : "←";
  const block = element("span", "block", shown(event.text) || "(empty)");
  // The width is the size: 12 characters for nothing, twice as many bytes a step more.
  block.style.width = (6 + 3.2 * Math.log2(1 + event.frameBytes)).toFixed(1) + "ch";
  for (const cut of event.cuts) {
    const mark = element("i", "cut");
    mark.style.left = (100 * cut / event.frameBytes).toFixed(2) + "%";
    mark.title = "a read ended after byte " + cut;
    block.append(mark);
  }
  const note = element("span", "note", arrow + " " + sizeOf(event.bytes));
  const more = [];
  if (event.cuts.length > 0) more.push("in " + (event.cuts.length + 1) + " reads");
  if (event.answerMs !== undefined) more.push("+" + event.answerMs.toFixed(1) + " ms");
  if (more.length > 0) note.append(element("span", "more", " · " + more.join(" · ")));
  lane.append(block, note);
  return row;
}

// As at the terminal; not every font has the pictures of control characters.
const NAMED = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const hexOf = (c) => c.charCodeAt(0).toString(16);

function shown(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, (c) =>
    NAMED[c] || (c < "\u0100" ? "\\x" + hexOf(c).padStart(2, "0") : "\\u{" + hexOf(c) + "}"));
}

function sizeOf(bytes) {
  return bytes < 1024 ? bytes + " B" : bytes < 1048576 ? (bytes / 1024).toFixed(1) + " KiB" : (bytes / 1048576).toFixed(1) + " MiB";
}

function passes(event) {
  if (event.to === "server" && !$("toServer").checked) return false;
  if (event.to === "client" && !$("toClient").checked) return false;
  const words = $("filter").value.trim().toLowerCase();
  if (words === "") return true;
  if (/^#\d+$/.test(words)) return words === "#" + event.connection;
  if (words === "error" || words === "fault") return event.kind === words;
  return (event.text || event.peer || "").toLowerCase().includes(words);
}

function redraw() {
  choose(undefined);
  rows.textContent = "";
  pending = isPaused ? kept.slice(0, kept.length - held.length) : kept.slice();
  if (frame === 0) frame = requestAnimationFrame(draw);
}

function pause() {
  isPaused = !isPaused;
  $("pause").textContent = isPaused ? "Go on" : "Pause";
  if (!isPaused) {
    pending.push(...held);
    held = [];
  }
  draw();
}

function choose(row) {
  chosen?.classList.remove("chosen");
  chosen = row;
  if (row === undefined) {
    document.body.classList.remove("looking");
    return void ($("detail").hidden = true);
  }
  row.classList.add("chosen");
  row.scrollIntoView({ block: "nearest" });
  if (!$("detail").hidden) look();
}

function step(by) {
  // What was chosen may be gone, as only so many rows are kept.
  const isHere = chosen?.isConnected === true;
  let next = isHere ? (by > 0 ? chosen.nextElementSibling : chosen.previousElementSibling) : rows.lastElementChild;
  while (next && !next.event.frameBytes) next = by > 0 && isHere ? next.nextElementSibling : next.previousElementSibling;
  if (next) choose(next);
}

async function look() {
  const event = chosen?.event;
  if (!event?.frameBytes) return;
  const isBad = event.kind === "error";
  document.body.classList.add("looking");
  $("detail").hidden = false;
  $("title").textContent = (isBad ? "Not message " : "Message ") + event.number + " to the " + event.to + ", connection #" + event.connection;
  $("facts").textContent = isBad ? event.text : sizeOf(event.bytes) + " in a frame of " + sizeOf(event.frameBytes) + (event.cuts.length > 0 ? "; reads ended after byte " + event.cuts.join(", ") : "; it came in one read");
  $("hex").textContent = "";
  $("parts").textContent = "";
  // The rows have become narrower, and perhaps higher.
  chosen.scrollIntoView({ block: "nearest" });
  const answer = await fetch("frame/" + event.id);
  if (chosen?.event !== event) return;
  if (!answer.ok) return void ($("hex").textContent = await answer.text());
  const { bytes, parts } = await answer.json();
  hexDump(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)), parts, event);
}

function hexDump(bytes, parts, event) {
  const wide = matchMedia("(max-width: 40rem)").matches ? 8 : 16;
  const classAt = new Array(bytes.length).fill("");
  parts.forEach((part, i) => classAt.fill("p" + i % 5, part.offset, part.offset + part.size));
  const hex = $("hex");
  for (let at = 0; at < bytes.length; at += wide) {
    hex.append(element("span", "off", at.toString(16).padStart(6, "0") + "  "));
    let text = "";
    for (let i = at; i < at + wide; i++) {
      if (i >= bytes.length) { hex.append("   "); continue; }
      hex.append(element("span", classAt[i], bytes[i].toString(16).padStart(2, "0")), event.cuts.includes(i + 1) ? "╎" : " ");
      text += bytes[i] > 31 && bytes[i] < 127 ? String.fromCharCode(bytes[i]) : "·";
    }
    hex.append(" " + text + "\n");
  }
  if (event.frameBytes > bytes.length) hex.append("… " + many(event.frameBytes - bytes.length, "byte") + " more\n");
  parts.forEach((part, i) => {
    const item = element("li", "p" + i % 5, part.text);
    item.append(element("small", "", part.size === 1 ? "byte " + part.offset : "bytes " + part.offset + " to " + (part.offset + part.size - 1)));
    $("parts").append(item);
  });
}

function strip() {
  const canvas = $("strip"), scale = devicePixelRatio || 1, width = canvas.clientWidth;
  canvas.width = width * scale;
  canvas.height = 36 * scale;
  const pen = canvas.getContext("2d"), now = Date.now();
  const counts = Array.from({ length: SECONDS }, (_, i) =>
    perSecond.get(new Date(now - 1000 * (SECONDS - 1 - i)).toISOString().slice(0, 19)) || 0);
  const most = Math.max(1, ...counts), styles = getComputedStyle(document.body);
  pen.scale(scale, scale);
  pen.fillStyle = styles.getPropertyValue("--toServer");
  counts.forEach((count, i) => {
    const height = 32 * count / most;
    pen.fillRect(i * width / SECONDS + 1, 36 - height, width / SECONDS - 2, height);
  });
  pen.fillStyle = styles.getPropertyValue("--soft");
  pen.font = "11px system-ui, sans-serif";
  pen.fillText(most === 1 && messages === 0 ? "" : "most in a second: " + most.toLocaleString("en"), 4, 11);
}
tellEmpty();
setInterval(strip, 1000);
new ResizeObserver(strip).observe($("strip"));

rows.addEventListener("click", ({ target }) => {
  const row = target.closest(".row");
  if (row === null) return;
  choose(row);
  look();
});
$("close").onclick = () => choose(undefined);
$("pause").onclick = pause;
$("clear").onclick = () => { kept.length = held.length = 0; redraw(); };
$("bar").onsubmit = (event) => event.preventDefault();
for (const id of ["filter", "toServer", "toClient"]) $(id).addEventListener("input", redraw);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target instanceof HTMLInputElement && event.target.type === "search";
  if (event.key === "Escape") return isTyping ? event.target.blur() : choose(undefined);
  if (isTyping || event.target instanceof HTMLButtonElement) return;
  const act = { ArrowDown: () => step(1), j: () => step(1), ArrowUp: () => step(-1), k: () => step(-1), Enter: look, "/": () => $("filter").focus(), " ": pause }[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});
`;
