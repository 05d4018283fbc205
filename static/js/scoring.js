// Ordering the rules and criteria of a draft by drag. A drop sends the same form as
// "Move up" and "Move down" in the menu of the row; the answer is the editor anew.

function drop({ item, oldIndex, newIndex }) {
  // htmx carries attributes over to the new rows, and the policy forbids this one.
  item.parentElement.querySelectorAll("[style]").forEach((row) =>
    row.removeAttribute("style"),
  );
  if (oldIndex === newIndex) return;
  const form = item.querySelector("form[data-place]");
  const button = form.querySelector("[data-drop]");
  button.value = String(newIndex + 1);
  form.requestSubmit(button);
}

function start() {
  for (const list of document.querySelectorAll("[data-order]:not([data-sortable])")) {
    list.dataset.sortable = "";
    Sortable.create(list, { handle: "[data-grip]", onEnd: drop });
  }
}

document.addEventListener("htmx:after:swap", start);
start();
