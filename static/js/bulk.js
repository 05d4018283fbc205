// Ticking leads on the board and in the table, and the bar of what can be done to them.
// Ticks outlast whatever is swapped, until something was done to the leads.

const ticked = new Set();
const bulkBar = document.querySelector("[data-bulk-bar]");
const ticks = () => [...document.querySelectorAll("[data-tick]")];
const tickMatching = () => document.querySelector("[data-tick-matching]");

function showTicks() {
  const all = tickMatching()?.checked ?? false;
  for (const tick of ticks()) tick.checked = all || ticked.has(tick.value);
  const here = ticks().filter((tick) => tick.checked).length;
  bulkBar.hidden = !here && !all;
  bulkBar.querySelector("[data-ticked]").textContent = all
    ? tickMatching().dataset.tickMatching
    : here;
  document.body.toggleAttribute("data-ticking", here > 0);
}

function untick() {
  ticked.clear();
  if (tickMatching()) tickMatching().checked = false;
  showTicks();
}

if (bulkBar) {
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-tick]")) {
      // All but one: then it is those that are to be seen.
      if (tickMatching()?.checked) {
        tickMatching().checked = false;
        for (const tick of ticks()) ticked.add(tick.value);
      }
      if (target.checked) ticked.add(target.value);
      else ticked.delete(target.value);
    } else if (target.matches("[data-tick-matching]")) {
      ticked.clear();
    } else {
      return;
    }
    showTicks();
  });
  // What was previewed is done, and nothing else.
  document.addEventListener("input", ({ target }) => {
    const deed = target.closest("#bulk-question")?.querySelector("[value=do]");
    if (deed) deed.disabled = true;
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-untick]")) untick();
  });
  // A view answers `HX-Trigger: leads-changed` when something was done to the leads.
  document.addEventListener("leads-changed", untick);
  document.addEventListener("htmx:after:swap", showTicks);
  showTicks();
}
