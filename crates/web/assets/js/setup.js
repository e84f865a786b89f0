// A comfort of the pages with records: a button that copies what stands beside it.
"use strict";

function offer(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  const word = button.firstChild;
  const before = word.data;
  word.data = "Copied";
  setTimeout(() => { word.data = before; }, 2000);
});

document.addEventListener("renewed", (event) => offer(event.detail));
offer(document);
