// A part of a page that the server renews by Server-Sent Events. The page says the same without it.
"use strict";

// A screen reader is told where things stand at most this often.
const SAY_MS = 15000;
const AGAIN_MS = 5000;

// Makes `old` like `fresh` and keeps what is alike: focus, selection and hover stay where they are.
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(document.importNode(fresh, true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  children(old, fresh);
}

function children(old, fresh) {
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((node, i) => (before[i] ? morph(before[i], node) : old.append(document.importNode(node, true))));
  before.slice(after.length).forEach((node) => node.remove());
}

function follow(node) {
  const voice = document.querySelector("[data-voice]");
  let source = null;
  let said = -SAY_MS;

  function show(event) {
    const fresh = new DOMParser().parseFromString(event.data, "text/html").body;
    const state = (part) => part.querySelector("[data-state]")?.dataset.state;
    // Where the state is another one, so are the buttons around the part.
    if (state(node) !== state(fresh)) return location.reload();
    children(node, fresh);
    if (voice && event.timeStamp - said >= SAY_MS) {
      said = event.timeStamp;
      voice.textContent = node.querySelector("[data-say]")?.textContent ?? "";
    }
  }

  function open() {
    source = new EventSource(node.dataset.events);
    source.addEventListener("part", show);
    source.addEventListener("over", () => location.reload());
    source.addEventListener("error", () => {
      // It comes back by itself unless it was refused: then the page says why.
      if (source?.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), AGAIN_MS);
    });
  }

  // A page that nobody looks at holds no connection: a browser has six for all of them.
  function turn() {
    source?.close();
    source = null;
    if (!document.hidden) open();
  }

  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", () => source?.close());
  turn();
}

document.querySelectorAll("[data-events]").forEach(follow);
