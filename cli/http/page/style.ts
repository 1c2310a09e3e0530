/**
 * How the pages look, by day and by night, on a phone and on a desk.
 *
 * @module
 */

/**
 * The one style sheet. Few fonts have the signs for CR and LF, so they are in
 * the source only, and the page shows a label.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d242b; --soft: #5d6975; --paper: #fbfaf7; --card: #ffffff;
  --rule: #e3dfd6; --link: #1f6292; --mark: #b4581b; --end: #9aa4ad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e7ea; --soft: #9aa5b0; --paper: #14181c; --card: #1b2127;
    --rule: #2e363e; --link: #7db7e3; --mark: #e79a62; --end: #66727d;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 50rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .6rem; letter-spacing: -.015em; }
h2 { font-size: 1.1rem; margin: 2.4rem 0 .6rem; }
p { margin: .5rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
.lead { color: var(--soft); font-size: 1.06rem; }
.lead b { color: var(--ink); font-weight: 600; }
code, .bytes { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .92em; overflow-wrap: anywhere; }
.lines { list-style: none; margin: 1.2rem 0; padding: 0; background: var(--card); border: 1px solid var(--rule); border-radius: .6rem; overflow: hidden; }
.lines li { padding: .7rem 1rem; border-top: 1px solid var(--rule); }
.lines li:first-child { border-top: 0; }
.bytes { display: block; font-size: .9rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.bytes b { font-weight: 600; }
.bytes i { font-style: normal; color: var(--mark); }
s { font-size: 0; text-decoration: none; user-select: none; }
s::after {
  font: 600 .6rem/1 system-ui, sans-serif; color: var(--end); margin-left: .2rem;
  padding: .05rem .2rem; border: 1px solid var(--rule); border-radius: .2rem;
}
.cr::after { content: "CR"; }
.lf::after { content: "LF"; }
.note { display: block; color: var(--soft); font-size: .9rem; margin-top: .15rem; }
.next { display: inline-block; margin-top: .6rem; padding: .5rem 1rem; border: 1px solid var(--link); border-radius: .5rem; text-decoration: none; }
.next:hover, .next:focus-visible { background: var(--link); color: var(--paper); }
footer { margin-top: 2.6rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: .88rem; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--rule); }
th, td { text-align: left; padding: .45rem .8rem; border-top: 1px solid var(--rule); font-weight: 400; vertical-align: top; }
th { color: var(--soft); font-size: .88rem; border-top: 0; }
th:first-child { width: 100%; }
td:first-child { overflow-wrap: anywhere; }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft); }
.filter { display: flex; gap: .5rem; margin: 0 0 .8rem; }
.filter input { flex: 1; min-width: 0; }
.filter input, .filter button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .4rem .7rem; }
@media (max-width: 34rem) {
  main { padding: 1.5rem .9rem 3rem; }
  .lines li { padding: .6rem .75rem; }
  th, td { padding: .4rem .5rem; }
  th:first-child { width: 50%; }
  td.num { font-size: .88rem; line-height: 1.75; }
  .time { display: none; }
}
`;
