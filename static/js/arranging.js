// Arranging the tiles of a dashboard by drag, or by the arrow keys on their grips. Both
// send the form that the list names, with the tile and its new place.

const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

function send(list, item) {
  // htmx carries attributes over to what it swaps in, and the policy forbids this one.
  list.querySelectorAll(":scope > [style]").forEach((each) => each.removeAttribute("style"));
  const form = document.getElementById(list.dataset.tileOrder);
  const items = [...list.querySelectorAll(":scope > [data-key]")];
  const at = items.indexOf(item);
  form.elements.key.value = item.dataset.key;
  form.elements.at.value = String(at);
  form.querySelector("[role=status]").textContent = form.dataset.words
    .replace("{place}", at + 1)
    .replace("{all}", items.length);
  form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-tile-order] [data-grip]");
  if (!grip || !(event.key in STEPS)) return;
  event.preventDefault();
  const item = grip.closest("[data-key]");
  const list = item.parentElement;
  const isUp = STEPS[event.key] < 0;
  const other = isUp ? item.previousElementSibling : item.nextElementSibling;
  if (!other?.matches("[data-key]")) return;
  if (isUp) other.before(item);
  else other.after(item);
  grip.focus();
  send(list, item);
});

function start() {
  for (const list of document.querySelectorAll("[data-tile-order]:not([data-sortable])")) {
    list.dataset.sortable = "";
    Sortable.create(list, {
      handle: "[data-grip]",
      draggable: "[data-key]",
      animation: 120,
      onEnd({ item, oldIndex, newIndex }) {
        if (oldIndex !== newIndex) send(list, item);
      },
    });
  }
}

document.addEventListener("htmx:after:swap", start);
start();
