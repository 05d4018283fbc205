// The keys of the queue: j and k move, a accepts, r rejects, x ticks, Enter opens the
// brief, ? lists the keys.
// They do nothing while somebody types or a dialog is open, and can be switched off.

const STORED = "queue-keys";
const queue = () => document.querySelector("[data-queue]");
const rows = () => [...(queue()?.querySelectorAll("[data-row]") ?? [])];
const panel = () => document.getElementById("queue-panel");
// The row that has the focus, or that of the brief in which somebody reads.
const current = () => {
  const focused = document.activeElement;
  if (!focused?.closest("#queue-panel")) return focused?.closest("[data-row]");
  const { value } = panel().querySelector("[name=open]");
  return document.getElementById(`handoff-${value}`)?.closest("[data-row]");
};
const hint = document.querySelector("[data-keys]");
const keySwitch = document.querySelector("[data-keys-switch]");

function areOn() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

function showSwitch() {
  if (!hint) return;
  hint.hidden = false;
  keySwitch.checked = areOn();
}

keySwitch?.addEventListener("change", () => {
  try {
    localStorage.setItem(STORED, keySwitch.checked ? "on" : "off");
  } catch {
    // No storage: the keys stay on.
  }
  showSwitch();
});

function step(by) {
  const all = rows();
  const from = all.indexOf(current());
  const to = from < 0 ? (by > 0 ? 0 : all.length - 1) : from + by;
  all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
}

const deeds = {
  j: () => step(1),
  k: () => step(-1),
  a: () => current()?.querySelector("[data-accept]")?.click(),
  r: () => current()?.querySelector("[data-reject]")?.click(),
  x: () => current()?.querySelector("[data-tick]")?.click(),
  Enter: () => current()?.querySelector("[data-brief]")?.click(),
  "?": () => document.getElementById("queue-help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const deed = deeds[event.key];
  const isBusy =
    event.ctrlKey || event.metaKey || event.altKey || !areOn() ||
    event.target.matches(
      "input:not([type=checkbox]), textarea, select, [contenteditable]",
    ) ||
    document.querySelector("dialog[open]");
  if (!deed || isBusy) return;
  // Enter on a link or button is the browser's own.
  if (event.key === "Enter" && !event.target.matches("[data-row]")) return;
  event.preventDefault();
  deed();
});

// --- Ticks ------------------------------------------------------------------------

function showTicked() {
  const ticks = [...document.querySelectorAll("[data-tick]")];
  const ticked = ticks.filter((tick) => tick.checked).length;
  const all = document.querySelector("[data-tick-all]");
  if (!all) return;
  for (const count of document.querySelectorAll("[data-ticked]")) {
    count.hidden = !ticked;
    count.textContent = ticked;
  }
  all.checked = ticked > 0 && ticked === ticks.length;
  all.indeterminate = ticked > 0 && ticked < ticks.length;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-tick-all]")) {
    for (const tick of document.querySelectorAll("[data-tick]")) {
      tick.checked = target.checked;
    }
  }
  if (target.matches("[data-tick-all], [data-tick]")) showTicked();
});

// --- Taking back: a view answers `HX-Trigger: {"undo-offer": {text, handoffs}}` -----

document.addEventListener("undo-offer", ({ detail }) => {
  const template = document.getElementById("toast-undo");
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = detail.text;
  const form = toast.querySelector("form");
  for (const pk of detail.handoffs) {
    const input = document.createElement("input");
    [input.type, input.name, input.value] = ["hidden", "handoff", pk];
    form.append(input);
  }
  document.getElementById("toasts").append(toast);
  window.htmx.process(form);
  form.addEventListener("submit", () => setTimeout(() => toast.remove()));
});

document.querySelector("[data-print]")?.addEventListener("click", () => print());

// --- The brief beside the list ----------------------------------------------------

let opener = null; // the row whose brief was asked for last
let isOpening = false;
let place = -1; // of the row from which something is asked
document.addEventListener("click", (event) => {
  const opening = event.target.closest("[data-brief]");
  if (opening) {
    opener = opening.closest("[data-row]")?.id;
    isOpening = true;
  }
  const closing = event.target.closest("[data-panel-close]");
  if (!closing) return;
  event.preventDefault();
  panel().querySelector(".panel").remove();
  panel().querySelector("[name=open]").value = "";
  const address = new URL(location.href);
  address.searchParams.delete("open");
  history.replaceState(history.state, "", address);
  showOpened();
  document.getElementById(opener)?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  document.querySelector("[data-panel-close]")?.click();
});

function showOpened() {
  const opened = panel()?.querySelector("[name=open]").value;
  for (const row of rows()) {
    row.toggleAttribute("data-opened", row.id === `handoff-${opened}`);
  }
}

document.addEventListener("htmx:after:swap", () => {
  showTicked();
  showOpened();
  const title = document.querySelector("[data-panel-title]");
  if (!title || !isOpening) return;
  isOpening = false;
  place = -1;
  title.focus();
});

// A decided row loses its buttons: the focus goes on to the next that waits.
document.addEventListener("htmx:before:request", () => {
  place = rows().indexOf(current());
});
document.addEventListener("htmx:after:swap", () => {
  if (document.querySelector("dialog[open]") || place < 0) return;
  if (document.activeElement !== document.body && current()) return;
  const all = rows();
  all[Math.min(place, all.length - 1)]?.focus();
  place = -1;
});

showSwitch();
showOpened();
