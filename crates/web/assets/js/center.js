// Two comforts, none of them needed: a part of the page that renews itself, and keys for lists.
"use strict";

const LIVE_MS = 1000;

async function renew(node) {
  const part = node.dataset.livePart;
  const answer = await fetch(node.dataset.live, { headers: { "X-Part": "1" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = part ? page.getElementById(part) : page.body;
  const state = node.querySelector("[data-state]")?.dataset.state;
  const next = fresh.querySelector("[data-state]")?.dataset.state;
  if (state !== next || (part && !fresh.dataset.live)) return location.reload();
  if (!node.contains(document.activeElement)) node.innerHTML = fresh.innerHTML;
  setTimeout(() => again(node), LIVE_MS);
}

function again(node) {
  if (document.hidden) return setTimeout(() => again(node), LIVE_MS);
  renew(node).catch(() => setTimeout(() => again(node), 5 * LIVE_MS));
}

for (const node of document.querySelectorAll("[data-live]")) setTimeout(() => again(node), LIVE_MS);

const rows = [...document.querySelectorAll("[data-row]")];
let here = -1;

function move(step) {
  if (!rows.length) return;
  rows[here]?.removeAttribute("data-here");
  here = Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here].setAttribute("data-here", "");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select")) return;
  const field = document.querySelector("[data-slash]");
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "/" && field) { event.preventDefault(); field.focus(); field.select(); }
});
