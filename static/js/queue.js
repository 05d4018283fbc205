// The keys of the queue: j and k move, a accepts, r rejects, Enter opens the lead.
// They do nothing while somebody types or a dialog is open, and can be switched off.

const STORED = "queue-keys";
const queue = () => document.querySelector("[data-queue]");
const rows = () => [...(queue()?.querySelectorAll("[data-row]") ?? [])];
const current = () => document.activeElement?.closest("[data-row]");
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
  Enter: () => current()?.querySelector("a")?.click(),
};

document.addEventListener("keydown", (event) => {
  const deed = deeds[event.key];
  const isBusy =
    event.ctrlKey || event.metaKey || event.altKey || !areOn() ||
    event.target.matches("input, textarea, select, [contenteditable]") ||
    document.querySelector("dialog[open]");
  if (!deed || isBusy) return;
  // Enter on a link or button is the browser's own.
  if (event.key === "Enter" && !event.target.matches("[data-row]")) return;
  event.preventDefault();
  deed();
});

// A decided row loses its buttons: the focus goes on to the next that waits.
let place = -1;
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
