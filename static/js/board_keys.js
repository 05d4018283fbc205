// The keys of the board: h j k l go from card to card, x ticks, m moves, Enter opens the
// quick look, ? lists the keys; and the quick look itself, which Esc closes.
// The keys rest while somebody types or a dialog is open, and can be switched off.

const KEYS_STORED = "board-keys";
const keysHint = document.querySelector("[data-keys]");
const keysSwitch = document.querySelector("[data-keys-switch]");
const lists = () => [...document.querySelectorAll("#board .cards")];
const cardsOf = (list) => [...(list?.querySelectorAll(".lead-card") ?? [])];
const currentCard = () => document.activeElement?.closest("#board .lead-card");

function keysAreOn() {
  try {
    return localStorage.getItem(KEYS_STORED) !== "off";
  } catch {
    return true;
  }
}

function showKeysSwitch() {
  if (!keysHint) return;
  keysHint.hidden = false;
  keysSwitch.checked = keysAreOn();
}

keysSwitch?.addEventListener("change", () => {
  try {
    localStorage.setItem(KEYS_STORED, keysSwitch.checked ? "on" : "off");
  } catch {
    // No storage: the keys stay on.
  }
  showKeysSwitch();
});

function goTo(card) {
  card?.focus();
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function goDown(by) {
  const card = currentCard();
  if (!card) return goTo(document.querySelector("#board .lead-card"));
  const cards = cardsOf(card.closest(".cards"));
  goTo(cards[Math.max(0, Math.min(cards.indexOf(card) + by, cards.length - 1))]);
}

function goAcross(by) {
  const card = currentCard();
  if (!card) return goTo(document.querySelector("#board .lead-card"));
  const all = lists();
  const place = cardsOf(card.closest(".cards")).indexOf(card);
  for (
    let at = all.indexOf(card.closest(".cards")) + by;
    at >= 0 && at < all.length;
    at += by
  ) {
    const cards = cardsOf(all[at]);
    if (cards.length) return goTo(cards[Math.min(place, cards.length - 1)]);
  }
}

function moveTicked() {
  const bar = document.querySelector("[data-bulk-bar]:not([hidden])");
  if (bar) bar.querySelector("[data-bulk=move]")?.click();
  else currentCard()?.querySelector(".lead-card-menu")?.click();
}

const boardDeeds = {
  j: () => goDown(1),
  k: () => goDown(-1),
  h: () => goAcross(-1),
  l: () => goAcross(1),
  x: () => currentCard()?.querySelector("[data-tick]")?.click(),
  m: moveTicked,
  Enter: () => currentCard()?.querySelector("[data-look-open]")?.click(),
  "?": () => document.getElementById("board-help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const deed = boardDeeds[event.key];
  const isBusy =
    event.ctrlKey || event.metaKey || event.altKey || !keysAreOn() ||
    event.target.matches(
      "input:not([type=checkbox]), textarea, select, [contenteditable]",
    ) ||
    document.querySelector("dialog[open]");
  if (!deed || isBusy) return;
  // Enter on a link or button is the browser's own.
  if (event.key === "Enter" && !event.target.matches(".lead-card")) return;
  event.preventDefault();
  deed();
});

// --- The quick look ----------------------------------------------------------------

function closeLook() {
  const panel = document.querySelector("#quick-look > .panel");
  if (!panel) return;
  const card = document.getElementById(`card-${panel.dataset.look}`);
  panel.remove();
  showLooked("replaceState");
  goTo(card);
}

// The address says which lead is looked at, so that Back closes and a link opens it.
function showLooked(how) {
  const address = new URL(location.href);
  const panel = document.querySelector("#quick-look > .panel");
  if (panel) address.searchParams.set("look", panel.dataset.look);
  else address.searchParams.delete("look");
  if (address.href !== location.href) history[how](null, "", address);
}

// Back out of the quick look closes it, and nothing else: htmx would fetch the whole
// board anew and forget the ticks. It asks a moment after the step back.
let hasLeftLook = false;
const leavesLook = () =>
  document.querySelector("#quick-look > .panel") &&
  !new URL(location.href).searchParams.has("look");

window.addEventListener("popstate", () => {
  hasLeftLook = Boolean(leavesLook());
  if (hasLeftLook) closeLook();
});
document.addEventListener("htmx:before:history:restore", (event) => {
  if (hasLeftLook) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-look-close]")) return;
  event.preventDefault();
  closeLook();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) closeLook();
});
document.addEventListener("htmx:after:swap", () => {
  const title = document.querySelector("#look-title:not([data-seen])");
  if (!title) return;
  title.dataset.seen = "";
  title.focus();
  showLooked("pushState");
});

// A card that was swapped keeps the focus that it had.
let focused = null;
document.addEventListener("htmx:before:swap", () => {
  focused = currentCard()?.id ?? null;
});
document.addEventListener("htmx:after:swap", () => {
  if (focused && document.activeElement === document.body) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
});

showKeysSwitch();
