// What every page can do: toasts, dialogs, countdowns, the tick, theme and "/".
// Behaviour is bound by data- attributes; sentences come translated from #words.

const TICK_MILLISECONDS = 30_000;
const TOAST_MILLISECONDS = 6_000;
const SOON_SECONDS = 3_600; // a countdown warns within its last hour

const toasts = document.getElementById("toasts");
const words = document.getElementById("words")?.dataset ?? {};
const isTyping = (element) =>
  element.matches("input, textarea, select, [contenteditable]");

// --- Toasts: errors stay until they are closed, the rest leaves by itself ----------

function receiveToast(toast) {
  // Shown anew, so that it lies over a dialog opened in the meantime.
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
  if (!toast.matches(".error, .warning")) {
    const seconds = toast.dataset.seconds;
    setTimeout(() => removeToast(toast), seconds ? seconds * 1000 : TOAST_MILLISECONDS);
  }
}

function removeToast(toast) {
  if (toast.matches(":hover, :focus-within")) {
    setTimeout(() => removeToast(toast), TOAST_MILLISECONDS);
    return;
  }
  toast.remove();
  if (!toasts.querySelector(".toast")) toasts.hidePopover();
}

function addToast(text, tone) {
  const template = document.getElementById(`toast-${tone}`);
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  toasts.append(toast);
}

if (toasts) {
  toasts.querySelectorAll(".toast").forEach(receiveToast);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE && node.matches(".toast")) {
          receiveToast(node);
        }
      }
    }
  }).observe(toasts, { childList: true });

  // A view answers `HX-Trigger: {"toast": {"text": "…", "tone": "success"}}`.
  document.addEventListener("toast", ({ detail }) =>
    addToast(detail.text, detail.tone ?? "success"),
  );
  document.addEventListener("htmx:response:error", ({ detail }) => {
    const status = detail.ctx.response.status;
    // The form or the true state comes with the answer, and 401 leads to sign-in.
    if (status === 401 || status === 409 || status === 422) return;
    addToast(words[`error${status}`] ?? words.error, "error");
  });
  document.addEventListener("htmx:error", () => addToast(words.offline, "error"));
}

// --- Dialogs: data-dialog="ID" opens, data-close closes, dialog[data-open] at once --

function openDialogs() {
  for (const dialog of document.querySelectorAll("dialog[data-open]:not([open])")) {
    dialog.showModal();
    delete dialog.dataset.open; // once closed it stays closed, whatever is swapped
  }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog).showModal();
  }
  const closer = event.target.closest("[data-close]");
  if (!closer) return;
  const toast = closer.closest(".toast");
  if (toast) {
    closer.blur();
    toast.remove();
    if (!toasts.querySelector(".toast")) toasts.hidePopover();
  } else {
    event.preventDefault();
    closer.closest("dialog")?.close();
  }
});

// What a form complains of may be out of sight in a dialog that scrolls. Each time once:
// an answer brings a new field, and what else is swapped must not move the focus.
function goToMistake() {
  const field = document.querySelector('dialog[open] [aria-invalid="true"]');
  if (!field || field.dataset.isShown) return;
  field.dataset.isShown = "1";
  field.focus();
  const told = field.getAttribute("aria-describedby")?.split(" ") ?? [];
  for (const id of told) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:after:swap", () => {
  openDialogs();
  goToMistake();
  countDown();
});
// A view answers `HX-Trigger: close-dialog` when what the dialog asked for is done.
document.addEventListener("close-dialog", () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
});
document.addEventListener(
  "close",
  () => {
    // The browser gives focus back to the opener; a swap may have removed it.
    const lost = document.activeElement === document.body;
    if (lost) document.getElementById("main")?.focus({ preventScroll: true });
  },
  true,
);

// --- Countdowns: <time data-countdown datetime="…"><span data-words>…</span></time> -
// data-open="from-until from-until" are the working times ahead, in seconds since 1970.

function inWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days) return `${days} ${words.day}` + (hours ? ` ${hours} ${words.hour}` : "");
  const rest = `${minutes % 60} ${words.minute}`;
  return hours ? `${hours} ${words.hour} ${rest}` : rest;
}

// Never in days, and above two hours without minutes, as the page came.
function workingInWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours >= 2 || (hours && !rest)) return `${hours} ${words.hour}`;
  return (hours ? `${hours} ${words.hour} ` : "") + `${rest} ${words.minute}`;
}

function workingSeconds(time, now) {
  const spans = time.dataset.open.split(" ").map((span) => span.split("-").map(Number));
  return spans.reduce(
    (sum, [from, until]) => sum + Math.max(0, until - Math.max(from, now)),
    0,
  );
}

function countDown() {
  const now = Date.now() / 1000;
  for (const time of document.querySelectorAll("time[data-countdown]")) {
    const seconds = Date.parse(time.dateTime) / 1000 - now;
    const working = time.dataset.open ? workingSeconds(time, now) : seconds;
    const isWorking = seconds >= 0 && seconds - working >= 60;
    const left = isWorking ? words.working : words.left;
    const sentence = seconds < 0 ? words.overdue : left;
    time.dataset.state =
      seconds < 0 ? "overdue" : working < SOON_SECONDS ? "soon" : "calm";
    (time.querySelector("[data-words]") ?? time).textContent = sentence.replace(
      "TIME",
      isWorking ? workingInWords(working) : inWords(Math.abs(seconds)),
    );
  }
}

// --- The tick: elements listen with hx-trigger="tick from:body" --------------------

function tick() {
  if (document.hidden) return;
  countDown();
  document.body.dispatchEvent(new CustomEvent("tick"));
}

setInterval(tick, TICK_MILLISECONDS);
document.addEventListener("visibilitychange", tick);

// --- Theme: buttons with data-theme-choice="system|light|dark" ---------------------

function chooseTheme(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // No storage: the choice lasts for this page.
  }
  showTheme();
  document.dispatchEvent(new CustomEvent("themechange"));
}

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (button) chooseTheme(button.dataset.themeChoice);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  document.dispatchEvent(new CustomEvent("themechange")),
);

// --- Keyboard: "/" goes to the search field ---------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const search = document.getElementById("search");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

showTheme();
countDown();
openDialogs();
