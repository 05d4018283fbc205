// Drag and drop on the nurture board. A drop asks for the reason in the same dialog as
// "Move to…"; closing it without moving puts the card back where it was. With a ticked
// card all ticked ones go; a drop then asks as the bar at the bottom does.

let dragged = null;

function putBack() {
  if (!dragged?.card.isConnected) return;
  dragged.from.insertBefore(dragged.card, dragged.next);
  dragged = null;
}

const tickOf = (card) => card.querySelector("[data-tick]");

// Those that go with this card: all that are ticked, where it is ticked itself.
function goingWith(card) {
  if (!tickOf(card)?.checked) return [card];
  const cards = [...document.querySelectorAll("#board .lead-card")];
  return cards.filter((one) => tickOf(one)?.checked);
}

function dropSeveral(cards, to) {
  const move = document.querySelector("[data-bulk=move]");
  const values = { kind: "move", layout: "board", to: to.dataset.stage };
  // All that match are ticked: then it is those, whether they are shown or not.
  const all = document.querySelector("[data-tick-matching]:checked");
  if (all) {
    values.all = "1";
    values.query = document.querySelector("[name=query][form=bulk-form]").value;
  } else {
    values.lead = cards.map((card) => tickOf(card).value).join(",");
  }
  return htmx.ajax("POST", move.getAttribute("hx-post"), {
    target: "#dialog-slot",
    swap: "innerHTML",
    values,
  });
}

function drop({ item, from, to, oldIndex, newIndex }) {
  delete item.dataset.count;
  const cards = goingWith(item);
  if (from !== to && cards.length > 1) {
    dropSeveral(cards, to).then(() => {
      if (!document.querySelector("#dialog-slot dialog[open]")) putBack();
    });
    return;
  }
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
    onChoose({ item }) {
      const { length } = goingWith(item);
      if (length > 1) item.dataset.count = length;
    },
    onUnchoose({ item }) {
      delete item.dataset.count;
    },
    onStart({ item, from }) {
      for (const card of goingWith(item)) card.classList.toggle("going", card !== item);
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

function nobodyGoes() {
  for (const card of document.querySelectorAll(".lead-card.going")) {
    card.classList.remove("going");
  }
}

document.addEventListener("close-dialog", () => {
  dragged = null;
  nobodyGoes();
});
// "close" does not bubble, so it is caught on its way down.
document.addEventListener(
  "close",
  () => {
    putBack();
    nobodyGoes();
  },
  true,
);
document.addEventListener("htmx:after:swap", start);
// What Sortable wrote into a card htmx would copy to the new one, which is forbidden.
document.addEventListener("htmx:before:swap", () => {
  for (const card of document.querySelectorAll(".cards > [style]")) {
    card.removeAttribute("style");
  }
});
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
