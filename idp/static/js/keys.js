// Single keys act while no field has the focus; a person can turn them off (WCAG 2.1.4).
const dialog = document.getElementById("shortcuts");
const add = dialog.dataset.new;
const link = (selector) => document.querySelector(selector);
let begun = 0; // When `g` was pressed last.
const mark = () => add && link(`main a[href="${add}"]`)?.setAttribute("aria-keyshortcuts", "n");
mark();
document.addEventListener("swap", mark);
const acts = {
  "/": () => link("#q").focus(),
  "?": () => dialog.showModal(),
  n: () => add && location.assign(add),
  g: () => { begun = Date.now(); },
};
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || link("dialog[open]") || key === "Shift") return;
  if (target.closest("input, textarea, select")) return;
  const entry = Date.now() - begun < 1500 && /^[a-z]$/.test(key) && link(`.side [data-key=${key}]`);
  const act = entry ? () => entry.click() : acts[key];
  begun = 0;
  if (!act) return;
  event.preventDefault();
  act();
});
