/**
 * How a report looks: in light and dark, on a phone and on paper.
 *
 * @module
 */

/** The style. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --text: #1c1e21; --quiet: #5b6068; --line: #e3e4e6;
  --now: #1d5fb4; --before: #b3560d; --bad: #b3261e; --good: #1b6e3c;
  --warning: #fff4d6; --warning-edge: #b58900; --hint: #eaf2fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #141619; --card: #1c1f23; --text: #e6e7e9; --quiet: #a2a8b0; --line: #33373d;
    --now: #74aef5; --before: #f0a35e; --bad: #ff8a80; --good: #7fd49b;
    --warning: #3a3013; --warning-edge: #d9b64a; --hint: #1d2a3a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; line-height: 1.25; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
h3 { font-size: .95rem; margin: 0 0 .25rem; font-weight: 600; overflow-wrap: anywhere; }
.when { margin: 0; color: var(--quiet); font-size: .9rem; }
.lead { font-size: 1.1rem; margin: .75rem 0 1rem; text-wrap: pretty; }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem;
  margin: 0 0 1rem;
}
.tiles > div, figure, details {
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
}
.tiles > div { padding: .6rem .8rem; }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; }
dd.main { font-size: 1.5rem; font-weight: 600; line-height: 1.3; white-space: nowrap; }
dd.earlier { color: var(--before); font-size: .85rem; white-space: nowrap; }
.better { color: var(--good); }
.worse { color: var(--bad); }
.same { color: var(--quiet); }
.notes, .legend { list-style: none; padding: 0; margin: 0 0 1rem; }
.notes li {
  border-left: .25rem solid var(--now); background: var(--hint); padding: .5rem .75rem;
  margin: 0 0 .5rem; border-radius: .25rem; overflow-wrap: anywhere; font-size: .95rem;
}
.notes li.warning { border-color: var(--warning-edge); background: var(--warning); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; overflow-wrap: anywhere; }
.swatch {
  display: inline-block; width: .8em; height: .8em; border-radius: .15em; margin-right: .4em;
}
.swatch.now { background: var(--now); }
.swatch.before { background: var(--before); }
figure { margin: 0 0 1rem; padding: 1rem; break-inside: avoid; }
figcaption { color: var(--quiet); font-size: .9rem; text-wrap: pretty; }
.pair { display: grid; gap: 1rem; }
@media (min-width: 52rem) { .pair { grid-template-columns: 1fr 1fr; } }
.chart { padding: 26px 24px 52px 68px; }
.plot { display: block; width: 100%; height: 15rem; overflow: visible; }
.chart text { fill: var(--quiet); font-size: 12px; font-family: inherit; }
.chart text.y { text-anchor: end; }
.chart text.x { text-anchor: middle; }
.chart text.end { text-anchor: end; }
.chart text.name { fill: var(--text); font-size: 12px; }
.grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
.line { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.area, .band { stroke: none; }
.line.now { stroke: var(--now); }
.line.before { stroke: var(--before); }
.line.service { stroke-width: 1.5; stroke-dasharray: 2 4; }
.area.now, .band.now { fill: var(--now); }
.area.before, .band.before { fill: var(--before); }
.area { fill-opacity: .12; }
.band.half { fill-opacity: .5; }
.band.most { fill-opacity: .28; }
.band.all { fill-opacity: .13; }
.asked { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 6 5; opacity: .7; }
.failed { fill: var(--bad); height: 6px; transform: translateY(-6px); }
.failed.before { transform: translateY(0); }
.silent { fill: var(--quiet); fill-opacity: .22; }
.hit { fill: var(--text); fill-opacity: 0; }
.hit:hover { fill-opacity: .1; }
.dot { stroke: var(--card); stroke-width: 1.5; }
.dot.now { fill: var(--now); }
.dot.before { fill: var(--before); }
.chart text.value { font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.chart text.value.now { fill: var(--now); }
.chart text.value.before { fill: var(--before); }
.chart text.left { text-anchor: end; }
.chart text.right { text-anchor: start; }
.limit { stroke-width: 3; stroke: var(--good); }
.limit.broken, .limit.void { stroke: var(--bad); }
section { margin: 1.5rem 0 0; }
.scroll { overflow-x: auto; margin: 0 0 1.25rem; }
table { border-collapse: collapse; font-size: .9rem; min-width: 24rem; }
caption { text-align: left; font-weight: 600; padding: 0 0 .25rem; }
th, td { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
.numbers td, .numbers thead th { text-align: right; }
.numbers thead th:first-child { text-align: left; }
.numbers td { white-space: nowrap; }
thead th { color: var(--quiet); font-weight: 500; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 400; white-space: nowrap; }
tbody tr:hover { background: var(--hint); }
details { padding: .6rem 1rem; margin: 0 0 .75rem; }
details .scroll { margin: .75rem 0 0; max-height: 30rem; overflow: auto; }
summary { cursor: pointer; }
:focus-visible { outline: 2px solid var(--now); outline-offset: 2px; }
@media (max-width: 34rem) {
  main { padding: 1rem .75rem 3rem; }
  figure { padding: .75rem .5rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  dd.main { font-size: 1.25rem; }
  .chart { padding: 26px 16px 52px 56px; }
  .plot { height: 13rem; }
  .chart text, .chart text.name { font-size: 11px; }
  .chart text.minor { display: none; }
}
@media print {
  :root {
    --page: #ffffff; --card: #ffffff; --text: #000000; --quiet: #444444; --line: #cccccc;
    --now: #1d5fb4; --before: #b3560d; --bad: #b3261e; --good: #1b6e3c;
    --warning: #ffffff; --hint: #ffffff;
  }
  body { font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  .plot { height: 11rem; }
  .pair { grid-template-columns: 1fr 1fr; }
  table, .notes li, .tiles { break-inside: avoid; }
  .scroll { overflow: visible; }
  details { display: none; }
}
`;
