// Drafts: what is typed into a [data-draft] is kept in this browser, for each person and
// thing, until it is sent. So it outlives a session that ends while somebody types, but
// not a deliberate sign-out: the next person at this computer may be somebody else.

const PREFIX = "draft";
const KEPT_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;
const person = document.body.dataset.person ?? "";
const keyOf = (field) => `${PREFIX}:${person}:${field.dataset.draft}`;
let sending = null;

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null; // no storage: nothing is kept
  }
}

function keep(field) {
  if (!field.value.trim()) {
    storage()?.removeItem(keyOf(field));
    return;
  }
  const draft = JSON.stringify({ text: field.value, at: Date.now() });
  try {
    storage()?.setItem(keyOf(field), draft);
  } catch {
    // The storage is full: the text stays in the field.
  }
}

// Takes away all drafts of who signs out, and those of answers, which this tab keeps.
function forget(whose) {
  remove(storage(), `${PREFIX}:${whose}:`);
  try {
    remove(window.sessionStorage, PREFIX);
  } catch {
    // No storage, no draft.
  }
}

function remove(store, start) {
  const names = Object.keys(store ?? {});
  for (const name of names) if (name.startsWith(start)) store.removeItem(name);
}

function restore() {
  for (const field of document.querySelectorAll("[data-draft]:not([data-restored])")) {
    field.dataset.restored = "";
    const stored = storage()?.getItem(keyOf(field));
    if (!stored || field.value) continue;
    const { text, at } = JSON.parse(stored);
    if (Date.now() - at < KEPT_MILLISECONDS) field.value = text;
    else storage().removeItem(keyOf(field));
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-draft]")) keep(target);
});
document.addEventListener("submit", ({ target }) => {
  if (target.hasAttribute("data-signs-out")) forget(target.dataset.signsOut);
  const field = target.querySelector("[data-draft]");
  if (!field) return;
  sending = keyOf(field);
  if (target.hasAttribute("hx-post")) return; // the answer says whether it is done
  try {
    sessionStorage.setItem(PREFIX, sending);
  } catch {
    // No storage, no draft.
  }
});

// What was sent by htmx is done when the answer to it is good; a form with errors, the
// sign-in and a true state that came instead keep it.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const field = ctx.sourceElement.closest("form")?.querySelector("[data-draft]");
  if (!field || !ctx.sourceElement.closest("[hx-post]")) return;
  if (ctx.response.status < 400) storage()?.removeItem(keyOf(field));
});

// What was sent from a dialog is done when the dialog is told to close.
document.addEventListener("close-dialog", () => {
  if (sending) storage()?.removeItem(sending);
  sending = null;
});
document.addEventListener("htmx:after:swap", restore);

// What was sent from a page is done when another page of this person follows, and not
// the sign-in or the same question again.
function settle() {
  let sent = null;
  try {
    sent = sessionStorage.getItem(PREFIX);
  } catch {
    return;
  }
  const asksAgain = [...document.querySelectorAll("[data-draft]")].some(
    (field) => keyOf(field) === sent,
  );
  if (!sent || !person || asksAgain) return;
  storage()?.removeItem(sent);
  sessionStorage.removeItem(PREFIX);
}

settle();
restore();
