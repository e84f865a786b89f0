// Comforts of the pages about people, none of them needed.
"use strict";

// A filter that acts at once needs no button.
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = "htmx" in window;

// What can be taken back for a moment says so for that moment.
for (const node of document.querySelectorAll("[data-brief]")) {
  setTimeout(() => node.querySelector("form")?.remove(), Number(node.dataset.brief) * 1000);
}

// A file that is too large is told before it is sent.
for (const form of document.querySelectorAll("[data-upload]")) {
  const field = form.querySelector("input[type=file]");
  const fault = form.querySelector("[data-upload-fault]");
  const large = () => (field.files[0]?.size ?? 0) > Number(form.dataset.maxBytes);
  const tell = () => {
    fault.hidden = !large();
    fault.textContent = large() ? form.dataset.tooLarge : "";
  };
  field.addEventListener("change", tell);
  form.addEventListener("submit", (event) => {
    tell();
    if (large()) event.preventDefault();
  });
}
