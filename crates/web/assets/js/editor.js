// The editor of a campaign's content. Everything here is a form of the page, sent without leaving it: what a change
// means, and whether it is allowed, is the server's word. Without this script the forms are sent as forms are.
import { Keeper } from "./editor/keep.js";
import { Preview } from "./editor/preview.js";
import { watchDrag } from "./editor/drag.js";
import { watchText } from "./editor/text.js";

// Long enough that a word is not cut, short enough that nobody thinks of saving.
const PAUSE_MS = 600;
// As far back as somebody remembers; each is a document.
const UNDO_MAX = 100;

function blocks(root) {
  const place = root.querySelector("[data-place]");
  const say = root.querySelector("[data-say]");
  const preview = new Preview(root);
  const keeper = new Keeper(root, root.dataset.editor, revision());
  const past = [];
  const future = [];
  // The block whose typing is one step of undo.
  let typing = null;
  let timer = 0;
  let waiting = null;

  function revision() {
    return place.querySelector("[data-work]").dataset.revision;
  }
  const current = () => place.querySelector("[data-document]").value;
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

  function buttons() {
    root.querySelector("[data-undo]").disabled = past.length === 0;
    root.querySelector("[data-redo]").disabled = future.length === 0;
  }

  // What was typed stays under the cursor: only what is around it is made anew.
  function around(fresh) {
    for (const name of fresh.querySelectorAll(".editor-name")) {
      const old = place.querySelector(`.editor-name[data-open="${name.dataset.open}"]`);
      if (old) old.innerHTML = name.innerHTML;
    }
    for (const item of fresh.querySelectorAll("[data-block]")) {
      const old = document.getElementById(item.id);
      if (old) old.className = item.className;
    }
    place.querySelector("[data-document]").value = fresh.querySelector("[data-document]").value;
    place.querySelector("[data-work]").dataset.revision = fresh.querySelector("[data-work]").dataset.revision;
    for (const what of ["[data-links]", "[data-text-made]"]) {
      place.querySelector(what)?.replaceWith(fresh.querySelector(what));
    }
    const plain = place.querySelector("[data-plain]");
    if (plain !== document.activeElement) plain.value = fresh.querySelector("[data-plain]").value;
    place.querySelector("[data-unfinished]")?.remove();
    const unfinished = fresh.querySelector("[data-unfinished]");
    if (unfinished) place.querySelector("[data-document]").after(unfinished);
  }

  function anew(fresh) {
    const open = [...place.querySelectorAll("details[open]")].map((fold) => fold.id);
    place.replaceChildren(fresh.querySelector("[data-work]"));
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  }

  function show(answer, how) {
    const fresh = parsed(answer.html);
    if (how === "quiet") around(fresh);
    else anew(fresh);
    if (answer.said) say.textContent = answer.said;
    for (const field of place.querySelectorAll("input[name=revision]")) field.value = answer.revision;
    for (const field of root.querySelectorAll(".editor-mode input[name=revision]")) field.value = answer.revision;
    preview.show(answer.revision);
  }

  async function send(fields, { path = "/change", how = "anew", step = null } = {}) {
    const kept = await keeper.send(path, fields);
    if (!kept) return null;
    // What was sent before this one is on the page by now.
    const before = current();
    if (path === "/change" && !(step !== null && step === typing)) {
      typing = step;
      past.push(before);
      if (past.length > UNDO_MAX) past.shift();
      future.length = 0;
    }
    show(kept, how);
    buttons();
    return kept;
  }

  // Sends what was typed and not sent yet.
  async function flush() {
    clearTimeout(timer);
    const form = waiting;
    waiting = null;
    if (!form || !form.isConnected) return true;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", form.dataset.autosave === "theme" ? "theme" : "set");
    const kept = await send(fields, { how: "quiet", step: form.dataset.autosave });
    return kept !== null;
  }

  place.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-autosave]");
    if (!form) return;
    keeper.state("unsaved");
    waiting = form;
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE_MS);
  });
  place.addEventListener("focusout", () => waiting && flush());

  function focusOn(css) {
    const node = place.querySelector(css);
    node?.focus({ preventScroll: false });
    return node;
  }

  place.addEventListener("submit", async (event) => {
    const form = event.target;
    event.preventDefault();
    const button = event.submitter;
    const fields = new URLSearchParams(new FormData(form, button));
    const item = form.closest("[data-block]");
    const next = item?.nextElementSibling ?? item?.previousElementSibling;
    if (waiting !== form && !(await flush())) return;
    if (waiting === form) { clearTimeout(timer); waiting = null; }
    const kept = await send(fields);
    if (!kept) return;
    const what = fields.get("do");
    if (what === "add" || what === "copy") {
      document.getElementById(`b${kept.focus}`)?.scrollIntoView({ block: "center" });
      if (!focusOn(`#b${kept.focus} .editor-form :is(input:not([type=hidden]), textarea, select)`)) focusOn(`[data-open="${kept.focus}"]`);
    } else if (what === "up" || what === "down") {
      focusOn(`#b${kept.focus} > .editor-row button[value=${what}]`);
    } else if (what === "remove") {
      if (!next || !focusOn(`#${next.id} .editor-name`)) focusOn(".editor-palette button");
    } else if (what === "set") {
      focusOn(`#b${kept.focus} .editor-form button[value=set]`);
    }
    rewrite(kept);
  });

  // The address says what stands open, so that loading it again shows the same.
  function rewrite(kept) {
    const open = parsed(kept.html).querySelector(".editor-form[data-autosave]")?.dataset.autosave;
    const url = new URL(location.href);
    if (open) url.searchParams.set("open", open);
    else url.searchParams.delete("open");
    url.searchParams.delete("said");
    history.replaceState(null, "", url);
  }

  place.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-open]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!(await flush())) return;
    const id = link.dataset.open;
    const was = place.querySelector(".editor-form[data-autosave]:not([data-autosave=theme])")?.dataset.autosave;
    const close = id === "" || id === was;
    const url = new URL(root.dataset.editor, location.href);
    if (!close) url.searchParams.set("open", id);
    const page = await keeper.look(url);
    if (!page) return;
    anew(page);
    typing = null;
    history.replaceState(null, "", url);
    if (close) focusOn(`[data-open="${id || was}"]`);
    else if (!focusOn(`#b${id} .editor-form :is(input:not([type=hidden]), textarea, select)`)) focusOn(`[data-open="${id}"]`);
  });

  function openNow() {
    const form = place.querySelector(".editor-form[data-autosave]");
    return form ? form.dataset.autosave : "";
  }

  async function move(id, fields) {
    if (!(await flush())) return;
    const kept = await send(new URLSearchParams({ ...fields, id, open: openNow() }));
    if (kept) focusOn(`[data-open="${kept.focus}"]`);
  }

  async function turn(from, to, word) {
    if (!(await flush()) || from.length === 0) return;
    const before = current();
    const fields = new URLSearchParams({ do: word, document: from.at(-1), open: openNow() });
    const kept = await send(fields, { path: "/document" });
    if (!kept) return;
    from.pop();
    to.push(before);
    typing = null;
    buttons();
  }

  root.querySelector("[data-undo]").addEventListener("click", () => turn(past, future, "undo"));
  root.querySelector("[data-redo]").addEventListener("click", () => turn(future, past, "redo"));

  addEventListener("keydown", (event) => {
    const row = event.target.closest?.(".editor-row");
    if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const id = row.closest("[data-block]").dataset.block;
      move(id, { do: event.key === "ArrowUp" ? "up" : "down" });
      return;
    }
    // In a field, undo is the field's own.
    if (event.target.closest?.("input, textarea, select")) return;
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) { event.preventDefault(); turn(past, future, "undo"); }
    else if (key === "y" || (key === "z" && event.shiftKey)) { event.preventDefault(); turn(future, past, "redo"); }
  });

  addEventListener("beforeunload", (event) => { if (keeper.isOpen()) event.preventDefault(); });
  watchDrag(place, (id, spot) => move(id, { do: "put", place: spot }));
  watchText(root);
  root.querySelector("[data-bar]").hidden = false;
  root.querySelector("[data-fields]").hidden = false;
  document.documentElement.dataset.editorReady = "";
}

function source(root) {
  const form = root.querySelector("[data-source-form]");
  const body = root.querySelector("#body");
  const preview = new Preview(root);
  const keeper = new Keeper(root, root.dataset.source, form.elements.revision.value);
  let timer = 0;

  async function save() {
    clearTimeout(timer);
    const kept = await keeper.send("/source", new URLSearchParams(new FormData(form)));
    if (!kept) return;
    for (const field of root.querySelectorAll("input[name=revision]")) field.value = kept.revision;
    if (kept.faults.length) keeper.state("saved", "Saved. It has faults: save with the button to see their lines");
    preview.show(kept.revision);
  }

  form.addEventListener("input", () => {
    keeper.state("unsaved");
    clearTimeout(timer);
    timer = setTimeout(save, 2 * PAUSE_MS);
  });
  // The button leads to the page that says all faults: what waits is in the form.
  form.addEventListener("submit", () => { clearTimeout(timer); keeper.close(); });

  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line-number]");
    if (!link) return;
    event.preventDefault();
    const lines = body.value.split("\n");
    const n = Number(link.dataset.lineNumber) - 1;
    const start = lines.slice(0, n).reduce((sum, line) => sum + line.length + 1, 0);
    body.focus();
    body.setSelectionRange(start, start + (lines[n] ?? "").length);
    body.scrollTop = (n - 4) * (body.scrollHeight / lines.length);
  });
  addEventListener("beforeunload", (event) => { if (keeper.isOpen()) event.preventDefault(); });
  root.querySelector("[data-bar]").hidden = false;
  document.documentElement.dataset.editorReady = "";
}

const editor = document.querySelector("[data-editor]");
if (editor) blocks(editor);
const text = document.querySelector("[data-source]");
if (text) source(text);
