// Two comforts, none of them needed: a part of the page that renews itself, and keys for lists.
"use strict";

const LIVE_MS = 1000;

// A part may ask less often: what it asks for costs more.
const wait = (node) => Number(node.dataset.liveMs) || LIVE_MS;

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
  document.dispatchEvent(new CustomEvent("renewed", { detail: node }));
  setTimeout(() => again(node), wait(node));
}

function again(node) {
  if (document.hidden) return setTimeout(() => again(node), wait(node));
  renew(node).catch(() => setTimeout(() => again(node), 5 * wait(node)));
}

for (const node of document.querySelectorAll("[data-live]")) setTimeout(() => again(node), LIVE_MS);

// Rows are looked up at each key: a part of the page may have been renewed.
const rows = () => [...document.querySelectorAll("[data-row]")];
const hereIn = (all) => all.findIndex((row) => row.hasAttribute("data-here"));

function move(step) {
  const all = rows();
  if (!all.length) return;
  const from = hereIn(all);
  const to = Math.min(Math.max(from + step, 0), all.length - 1);
  all[from]?.removeAttribute("data-here");
  all[to].setAttribute("data-here", "");
  all[to].querySelector("a")?.focus({ preventScroll: true });
  all[to].scrollIntoView({ block: "nearest" });
}

function tick() {
  const all = rows();
  const box = all[hereIn(all)]?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// A table whose rows can be ticked: how many are, and a box for all of them.
function count(table) {
  const boxes = [...table.querySelectorAll("[data-row] input[type=checkbox]")];
  const n = boxes.filter((box) => box.checked).length;
  const told = table.querySelector("[data-ticked]");
  if (told) {
    told.dataset.hint ??= told.textContent;
    told.textContent = n ? told.dataset.ticked.replace("#", n) : told.dataset.hint;
  }
  const all = table.querySelector("[data-all]");
  if (!all) return;
  all.checked = n > 0 && n === boxes.length;
  all.indeterminate = n > 0 && n < boxes.length;
}

function show() {
  for (const all of document.querySelectorAll("[data-all]")) all.hidden = false;
}

addEventListener("change", (event) => {
  const table = event.target.closest?.("[data-table]");
  if (!table) return;
  if (event.target.matches("[data-all]")) {
    for (const box of table.querySelectorAll("[data-row] input[type=checkbox]")) box.checked = event.target.checked;
  }
  count(table);
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select")) return;
  const field = document.querySelector("[data-slash]");
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x") tick();
  else if (event.key === "/" && field) { event.preventDefault(); field.focus(); field.select(); }
});

addEventListener("htmx:afterSettle", show);
show();
