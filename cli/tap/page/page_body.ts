/**
 * What the page is made of.
 *
 * @module
 */

/** The elements that the script fills. */
export const PAGE_BODY = `<header>
<h1><span id="listen"></span> <span class="arrow">→</span> <span id="target"></span></h1>
<p class="state"><span id="dot"></span><span id="state">connecting</span>
<span id="framing"></span> <span id="counts"></span></p>
<canvas id="strip" height="36" role="img" aria-label="Messages in each of the last 60 seconds"></canvas>
<form id="bar">
<input id="filter" type="search" placeholder="filter: text, #2, error, fault" aria-label="Filter" autocomplete="off">
<label><input type="checkbox" id="toServer" checked> to server</label>
<label><input type="checkbox" id="toClient" checked> to client</label>
<button id="pause" type="button">Pause</button>
<button id="clear" type="button">Clear</button>
</form>
</header>
<div id="lanes"><span>client</span><span>server</span></div>
<main id="rows" tabindex="0" aria-label="Messages"></main>
<p id="empty" role="status"></p>
<aside id="detail" hidden>
<button id="close" aria-label="Close">×</button>
<h2 id="title"></h2>
<p id="facts"></p>
<pre id="hex"></pre>
<ol id="parts"></ol>
</aside>
<footer>↑ ↓ choose · Enter looks inside · / filters · Space pauses · Esc closes</footer>`;
