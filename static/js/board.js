// Drag and drop on the nurture board. A drop asks for the reason in the same dialog as
// "Move to…"; closing it without moving puts the card back where it was.

let dragged = null;

function putBack() {
  if (!dragged?.card.isConnected) return;
  dragged.from.insertBefore(dragged.card, dragged.next);
  dragged = null;
}

function drop({ item, from, to, oldIndex, newIndex }) {
  if (from === to) {
    if (oldIndex !== newIndex) putBack();
    return;
  }
  htmx
    .ajax("GET", `${item.dataset.move}&to=${to.dataset.stage}`, {
      target: "#dialog-slot",
      swap: "innerHTML",
    })
    .then(() => {
      if (!document.querySelector("#dialog-slot dialog[open]")) putBack();
    });
}

function makeSortable(list) {
  Sortable.create(list, {
    group: "lanes",
    draggable: ".lead-card",
    filter: "a, button, label, input",
    preventOnFilter: false,
    animation: 120,
    delay: 150,
    delayOnTouchOnly: true,
    onStart({ item, from }) {
      dragged = { card: item, from, next: item.nextElementSibling };
    },
    onEnd: drop,
  });
}

function start() {
  for (const list of document.querySelectorAll(".cards:not([data-sortable])")) {
    list.dataset.sortable = "";
    makeSortable(list);
  }
}

document.addEventListener("close-dialog", () => {
  dragged = null;
});
// "close" does not bubble, so it is caught on its way down.
document.addEventListener("close", putBack, true);
document.addEventListener("htmx:after:swap", start);
start();

// --- What others move: asked for every few seconds while somebody looks ------------

const BOARD_TICK_MILLISECONDS = 5_000;

function boardTick() {
  // Nothing moves under a card that is being dragged, or while a dialog asks about it.
  if (document.hidden || document.querySelector(".sortable-drag, dialog[open]")) return;
  document.body.dispatchEvent(new CustomEvent("board-tick"));
}

setInterval(boardTick, BOARD_TICK_MILLISECONDS);
document.addEventListener("visibilitychange", boardTick);

// --- Taking back: the toast has done its work once its button was pressed -----------

document.addEventListener("submit", ({ target }) => {
  if (target.matches("[data-closes-toast]")) {
    setTimeout(() => target.closest(".toast")?.remove());
  }
});
