// Help with writing: marks by button and key, merge fields with their fallback, paste without anybody's styles.

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

// Through the browser's own way of typing, so that its undo knows of it.
function type(field, text) {
  field.focus();
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

function around(field, mark) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const words = value.slice(start, end);
  type(field, `${mark}${words}${mark}`);
  if (!words) field.setSelectionRange(start + mark.length, start + mark.length);
}

function link(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const words = value.slice(start, end) || "words";
  type(field, `[${words}](https://)`);
  const at = start + words.length + 3;
  field.setSelectionRange(at, at + 8);
}

const TOOLS = [
  ["strong", "B", "Strong (Ctrl+B)", "b", (field) => around(field, "**")],
  ["emphasis", "I", "Emphasis (Ctrl+I)", "i", (field) => around(field, "*")],
  ["link", "Link", "Link (Ctrl+K)", "k", link],
];

function tools(field) {
  const bar = document.createElement("div");
  bar.className = "editor-marks";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Marks");
  for (const [name, label, title, , act] of TOOLS) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `editor-mark ${name}`;
    button.textContent = label;
    button.title = title;
    button.setAttribute("aria-label", title);
    // The field keeps its selection.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => act(field));
    bar.append(button);
  }
  field.before(bar);
}

export function watchText(root) {
  let last = null;
  const dress = () => root.querySelectorAll("textarea[data-rich]:not([data-dressed])").forEach((field) => {
    field.dataset.dressed = "";
    tools(field);
  });
  dress();
  new MutationObserver(dress).observe(root, { childList: true, subtree: true });

  root.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-rich], [data-line], [data-plain]")) last = event.target;
  });
  root.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-rich]") || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const tool = TOOLS.find(([, , , key]) => key === event.key.toLowerCase());
    if (!tool) return;
    event.preventDefault();
    tool[4](event.target);
  });
  // What other programs leave in their text: hard spaces, soft hyphens, their line ends.
  root.addEventListener("paste", (event) => {
    if (!event.target.matches("[data-rich], [data-line]")) return;
    const text = event.clipboardData?.getData("text/plain");
    if (!text) return;
    event.preventDefault();
    const plain = text.replace(/\r\n?/g, "\n").replace(/[\u00a0\u202f]/g, " ").replace(/[\u00ad\u200b\u200c\ufeff]/g, "");
    type(event.target, event.target.matches("[data-line]") ? plain.replace(/\s*\n\s*/g, " ") : plain);
  });

  const fault = root.querySelector("[data-merge-fault]");
  root.querySelector("[data-merge]").addEventListener("click", () => {
    const name = root.querySelector("#merge-name").value.trim();
    const fallback = root.querySelector("#merge-fallback").value.trim();
    const field = last?.isConnected ? last : null;
    if (!NAME.test(name)) fault.textContent = "A field is called by letters, digits and _.";
    else if (!fallback) fault.textContent = "Say what stands there for people of whom it is not known.";
    else if (!field) fault.textContent = "Open a block and put the cursor where the field goes.";
    else {
      fault.textContent = "";
      const words = fallback.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
      type(field, `{{ ${name} | fallback("${words}") }}`);
    }
  });
}
