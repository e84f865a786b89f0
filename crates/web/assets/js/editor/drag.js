// Blocks are dragged by their handle, with a mouse or a finger. What the keys do, the arrows of each block do too.

// So near to the edge of the window the page moves along, by so much a look.
const EDGE_PX = 60;
const STEP_PX = 14;

function spot(place, item, x, y) {
  const under = document.elementFromPoint(x, y);
  if (!under || !place.contains(under)) return null;
  const columns = item.dataset.kind === "columns";
  let target = under.closest("[data-block]");
  const column = under.closest("[data-column]");
  if (column && !columns && !item.contains(column) && (!target || target.contains(column))) {
    return { word: column.dataset.column, node: column, side: "in" };
  }
  // Columns stand in no column: the block around is meant.
  while (columns && target?.closest("[data-column]")) target = target.closest("[data-column]").closest("[data-block]");
  if (!target || item.contains(target)) return null;
  const row = target.getBoundingClientRect();
  const side = y < row.top + row.height / 2 ? "before" : "after";
  return { word: `${side}:${target.dataset.block}`, node: target, side };
}

export function watchDrag(place, put) {
  let item = null;
  let found = null;
  let at = null;

  function mark(next) {
    found?.node.removeAttribute("data-drop");
    found = next;
    found?.node.setAttribute("data-drop", found.side);
  }

  function end() {
    mark(null);
    item?.removeAttribute("data-dragged");
    item = null;
    at = null;
  }

  function roll() {
    if (!at) return;
    if (at.y < EDGE_PX) scrollBy(0, -STEP_PX);
    else if (at.y > innerHeight - EDGE_PX) scrollBy(0, STEP_PX);
    requestAnimationFrame(roll);
  }

  place.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    item = grip.closest("[data-block]");
    item.setAttribute("data-dragged", "");
    at = { y: event.clientY };
    requestAnimationFrame(roll);
  });
  addEventListener("pointermove", (event) => {
    if (!item) return;
    at = { y: event.clientY };
    mark(spot(place, item, event.clientX, event.clientY));
  });
  addEventListener("pointerup", () => {
    const [id, word] = [item?.dataset.block, found?.word];
    end();
    if (id && word) put(id, word);
  });
  addEventListener("pointercancel", end);
  addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
}
