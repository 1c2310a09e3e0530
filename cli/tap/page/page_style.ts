/**
 * How the page looks, by day and by night, on a desk and on a phone.
 *
 * @module
 */

/** The style sheet. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d242b; --soft: #5d6975; --paper: #fbfaf7; --card: #fff; --rule: #e3dfd6;
  --toServer: #1f6292; --toServerBack: #dcebf6; --toClient: #8a4a12; --toClientBack: #f8e7d6;
  --bad: #b3261e; --badBack: #fbe4e2; --fault: #7a5200; --faultBack: #fdf0c8; --cut: #1d242b; --chosen: #fff4c9; --live: #2c8a4b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e7ea; --soft: #9aa5b0; --paper: #14181c; --card: #1b2127; --rule: #2e363e;
    --toServer: #8cc4ee; --toServerBack: #1d3547; --toClient: #eab07a; --toClientBack: #43301d;
    --bad: #ff9a92; --badBack: #4a2320; --fault: #f0cd6b; --faultBack: #3d3210; --cut: #e4e7ea; --chosen: #3a3416; --live: #6fcf8f;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; }
body { margin: 0; display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header { padding: .8rem 1.2rem .6rem; border-bottom: 1px solid var(--rule); background: var(--card); }
h1 { margin: 0; font-size: 1.15rem; font-weight: 600; letter-spacing: -.01em; overflow-wrap: anywhere; }
.arrow { color: var(--soft); font-weight: 400; }
.state { margin: .15rem 0 .5rem; color: var(--soft); font-size: .88rem; font-variant-numeric: tabular-nums; }
#dot { display: inline-block; width: .55rem; height: .55rem; margin-right: .4rem; border-radius: 50%; background: var(--soft); }
#dot.live { background: var(--live); }
#framing { margin-left: .6rem; padding: .05rem .45rem; border: 1px solid var(--rule); border-radius: .4rem; }
#strip { display: block; width: 100%; height: 36px; }
#bar { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: center; margin-top: .5rem; }
#filter { flex: 1 1 14rem; min-width: 0; }
#filter, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--rule); border-radius: .45rem; padding: .3rem .65rem; }
button { cursor: pointer; }
button:hover { border-color: var(--soft); }
:focus-visible { outline: 2px solid var(--toServer); outline-offset: 1px; }
label { color: var(--soft); font-size: .9rem; white-space: nowrap; }
#lanes { display: flex; justify-content: space-between; padding: .3rem 1.2rem .2rem 9.6rem; color: var(--soft); font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; }
main { flex: 1; overflow-y: auto; overflow-anchor: none; padding: 0 1.2rem 1rem; outline-offset: -2px; }
.row { display: grid; grid-template-columns: 8.4rem 1fr; align-items: center; min-height: 1.75rem; padding: .1rem 0; content-visibility: auto; contain-intrinsic-size: auto 1.75rem; cursor: pointer; }
.row.chosen { background: var(--chosen); }
.meta { color: var(--soft); font-size: .78rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.meta b { color: var(--ink); font-weight: 600; margin-right: .35rem; }
.lane { display: flex; align-items: center; gap: .5rem; min-width: 0; border-left: 1px solid var(--rule); border-right: 1px solid var(--rule); padding: 0 .4rem; }
.lane.client { flex-direction: row-reverse; }
.block { position: relative; flex: 0 1 auto; min-width: 4ch; height: 1.35rem; padding: 0 .45rem; border-radius: .3rem; overflow: hidden; font: .8rem/1.35rem ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; text-overflow: ellipsis; max-width: 78%; }
.server .block { color: var(--toServer); background: var(--toServerBack); }
.client .block { color: var(--toClient); background: var(--toClientBack); text-align: left; }
.cut { position: absolute; top: 50%; bottom: 0; width: 0; border-left: 2px dotted var(--cut); opacity: .75; }
.note { flex: none; color: var(--soft); font-size: .78rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.event .lane { justify-content: center; color: var(--soft); font-size: .82rem; overflow-wrap: anywhere; }
.error .lane { color: var(--bad); background: var(--badBack); border-radius: .3rem; padding: .15rem .6rem; }
.fault .lane { color: var(--fault); background: var(--faultBack); border-radius: .3rem; padding: .15rem .6rem; }
main:empty { flex: none; padding: 0; }
#empty { margin: auto; color: var(--soft); text-align: center; padding: 0 1rem; }
#detail { position: fixed; right: 0; top: 0; bottom: 0; width: min(38rem, 100%); padding: 1rem 1.2rem; overflow: auto; background: var(--card); border-left: 1px solid var(--rule); box-shadow: -8px 0 24px rgb(0 0 0 / .12); }
body.looking > :is(header, main, footer, #lanes) { margin-right: min(38rem, 100%); }
#detail h2 { margin: 0 2.4rem .2rem 0; font-size: 1.05rem; }
#facts { margin: 0 0 .8rem; color: var(--soft); font-size: .88rem; }
#close { position: absolute; right: .8rem; top: .8rem; width: 2rem; padding: .1rem; font-size: 1.1rem; }
#hex { margin: 0; overflow-x: auto; font: .82rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
#hex span { border-radius: .2rem; }
#hex .off { color: var(--soft); }
#parts { margin: 1rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
#parts li { display: flex; gap: .6rem; padding: .25rem .4rem; border-radius: .3rem; }
#parts small { margin-left: auto; color: var(--soft); white-space: nowrap; }
.p0 { background: color-mix(in srgb, #1f6292 26%, transparent); }
.p1 { background: color-mix(in srgb, #b4581b 24%, transparent); }
.p2 { background: color-mix(in srgb, #2c8a4b 26%, transparent); }
.p3 { background: color-mix(in srgb, #8b3fa0 24%, transparent); }
.p4 { background: color-mix(in srgb, #b39b12 30%, transparent); }
footer { padding: .35rem 1.2rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: .8rem; }
@media (max-width: 40rem) {
  header, main, footer { padding-left: .7rem; padding-right: .7rem; }
  #lanes { padding: .2rem .7rem .1rem 3.4rem; }
  .row { grid-template-columns: 2.7rem 1fr; }
  .meta .at, .note .more { display: none; }
  .block { max-width: 74%; }
  #detail { top: auto; left: 0; width: auto; max-height: 70%; border-left: 0; border-top: 1px solid var(--rule); }
  footer { display: none; }
  body.looking > :is(header, main, #lanes) { margin-right: 0; }
}
@media (prefers-reduced-motion: no-preference) { #dot.live { transition: background .3s; } }
`;
