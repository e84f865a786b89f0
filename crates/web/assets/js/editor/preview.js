// The message beside the editor, loaded again behind what is seen and put in its place at the same height.

export class Preview {
  #stage;
  #coming = null;

  constructor(root) {
    this.#stage = root.querySelector("[data-stage]");
    const widths = root.querySelectorAll("[data-width]");
    for (const link of widths) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.#stage.classList.toggle("phone", link.dataset.width === "phone");
        this.#stage.classList.toggle("wide", link.dataset.width === "wide");
        for (const other of widths) other.removeAttribute("aria-current");
        link.setAttribute("aria-current", "true");
        const url = new URL(location.href);
        url.searchParams.set("width", link.dataset.width);
        history.replaceState(null, "", url);
      });
    }
  }

  show(revision) {
    const frame = this.#stage.querySelector("[data-frame]:not([data-coming])");
    const url = new URL(frame.src, location.href);
    url.searchParams.set("r", revision);
    this.#coming?.remove();
    const coming = frame.cloneNode(false);
    coming.dataset.coming = "";
    coming.src = url.href;
    coming.addEventListener("load", () => {
      if (this.#coming !== coming) return;
      coming.contentWindow.scrollTo(0, frame.contentWindow?.scrollY ?? 0);
      delete coming.dataset.coming;
      frame.remove();
      this.#coming = null;
    }, { once: true });
    this.#coming = coming;
    frame.after(coming);
  }
}
