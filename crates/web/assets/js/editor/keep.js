// Sends changes one after the other, each over the revision that the last one made, and says where things stand.

const WORDS = {
  saved: "Saved",
  unsaved: "Not saved yet",
  saving: "Saving …",
  faulty: "Not saved: mend what is marked",
  stopped: "Not saved",
};

// The form whose fields a change can find fault with.
const FORMS = { set: ".editor-form", theme: "#theme", text: "#text" };

export class Keeper {
  #root;
  #base;
  #revision;
  #last = Promise.resolve();
  #state = "saved";

  constructor(root, base, revision) {
    this.#root = root;
    this.#base = base;
    this.#revision = revision;
  }

  state(state, words = WORDS[state]) {
    this.#state = state;
    const bar = this.#root.querySelector("[data-bar] [data-state]");
    bar.dataset.state = state;
    const said = bar.querySelector("[data-state-words]");
    if (said.textContent !== words) said.textContent = words;
  }

  // True while leaving the page would lose something.
  isOpen() {
    return this.#state !== "saved";
  }

  // Something else takes care of what is open.
  close() {
    this.#state = "saved";
  }

  send(path, fields) {
    const next = this.#last.then(() => this.#send(path, fields)).catch(() => this.#stop("The server does not answer. What you typed is still here; try again in a moment."));
    this.#last = next;
    return next;
  }

  async #send(path, fields) {
    fields.set("revision", this.#revision);
    this.state("saving");
    const answer = await fetch(this.#base + path, { method: "POST", body: fields, headers: { "X-Hand": "editor" } });
    const is = (answer.headers.get("content-type") ?? "").startsWith("application/json");
    if (answer.redirected || !is) return this.#stop("You are logged out, or may not change this any more. Copy what you typed before you load the page again.");
    const told = await answer.json();
    this.#mark(answer.ok ? [] : told.faults, FORMS[fields.get("do")]);
    if (told.trouble) return this.#stop(told.trouble);
    if (!answer.ok) {
      this.state("faulty");
      return null;
    }
    this.#revision = told.revision;
    this.#root.querySelector("[data-trouble]").hidden = true;
    this.state("saved");
    return told;
  }

  // A page of ours, for the part of it that is shown.
  async look(url) {
    const answer = await fetch(url, { headers: { "X-Hand": "editor" } });
    if (!answer.ok || answer.redirected) return this.#stop("The page could not be loaded. Load it again.");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const work = page.querySelector("[data-work]");
    if (!work) return this.#stop("The page is another one by now. Load it again.");
    this.#revision = work.dataset.revision;
    return page;
  }

  #stop(words) {
    const trouble = this.#root.querySelector("[data-trouble]");
    trouble.querySelector("[data-trouble-words]").textContent = words;
    trouble.hidden = false;
    this.state("stopped");
    return null;
  }

  #mark(faults, forms) {
    if (!forms) return;
    for (const note of this.#root.querySelectorAll(`${forms} [data-fault]`)) {
      const form = note.closest("form");
      const fault = faults.find((f) => f.field === note.dataset.fault);
      note.textContent = fault ? fault.text : "";
      form.elements[note.dataset.fault]?.setAttribute?.("aria-invalid", fault ? "true" : "false");
    }
  }
}
