// Single keys of the console: they act only while no field has the focus, and not at all when the person turned them off.
const dialog = document.getElementById("shortcuts");
const find = document.getElementById("q");
const SEQUENCE_MS = 1500;
let begun = 0; // When `g` was pressed last.

const addUrl = dialog.dataset.new;
const addLink = [...document.querySelectorAll("main a[href]")].find((link) => link.getAttribute("href") === addUrl);
if (addUrl && addLink) addLink.setAttribute("aria-keyshortcuts", "n");

const isTyping = () => Boolean(document.activeElement?.closest("input, textarea, select, [contenteditable]"));
/** @param {string} key the letter after `g` */
const goTo = (key) => {
  const link = document.querySelector(`nav.side a[data-key="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
};
const acts = {
  "/": () => find.focus(),
  "?": () => dialog.showModal(),
  n: () => { if (addUrl) location.assign(addUrl); },
  g: () => { begun = Date.now(); },
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (dialog.open || isTyping()) return;
  const follows = Date.now() - begun < SEQUENCE_MS;
  if (event.key !== "Shift") begun = 0;
  if (follows && event.key.length === 1 && goTo(event.key)) return event.preventDefault();
  if (!Object.hasOwn(acts, event.key)) return;
  event.preventDefault();
  acts[event.key]();
});
