// Drafts of answers: what is typed and not saved stays in this tab, also over a sign-in.
// Enter saves, since the field stands in a form; Esc takes the typing back.

const nameOf = (field) => `draft:${field.dataset.answer}`;

function stored(field) {
  try {
    return sessionStorage.getItem(nameOf(field));
  } catch {
    return null; // no storage: a draft lasts for this page
  }
}

function keep(field) {
  try {
    if (field.value === field.defaultValue) sessionStorage.removeItem(nameOf(field));
    else sessionStorage.setItem(nameOf(field), field.value);
  } catch {
    // No storage.
  }
  showState(field);
}

function showState(field) {
  const mark = field.form?.querySelector(".draft");
  if (mark) mark.hidden = field.value === field.defaultValue;
}

// What was saved in the meantime equals its draft, but for spaces around it.
function restore() {
  for (const field of document.querySelectorAll("[data-answer]")) {
    const draft = stored(field);
    if (draft === null) continue;
    field.value = draft.trim() === field.defaultValue ? field.defaultValue : draft;
    keep(field);
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-answer]")) keep(target);
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Escape" || !field.matches("[data-answer]")) return;
  field.value = field.defaultValue;
  keep(field);
  field.blur();
});

document.addEventListener("htmx:after:swap", restore);
restore();

// What can be taken back only for a while is not offered for longer.
const OFFERED_MILLISECONDS = 10_000;
setTimeout(
  () => document.querySelectorAll("[data-leaves]").forEach((offer) => offer.remove()),
  OFFERED_MILLISECONDS,
);
