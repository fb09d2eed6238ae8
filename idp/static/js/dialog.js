// Opens the page that asks before something final in a dialog: the same words and the same form.
import { load } from "./load.js";
const references = ["id", "for", "aria-labelledby", "aria-describedby"];

/** Makes a name of an element in the dialog another than any of the page. */
function rename(element) {
  for (const each of references.filter((name) => element.hasAttribute(name))) {
    element.setAttribute(each, element.getAttribute(each).replace(/\S+/g, "ask-$&"));
  }
}

function make(main, url) {
  const dialog = document.createElement("dialog");
  const heading = main.querySelector("h1");
  const title = document.createElement("h2");
  title.id = "title";
  title.append(...heading.childNodes);
  dialog.className = "ask";
  dialog.setAttribute("aria-labelledby", "title");
  dialog.append(title);
  while (heading.nextSibling) dialog.append(heading.nextSibling);
  for (const element of [dialog, ...dialog.querySelectorAll("*")]) rename(element);
  const form = dialog.querySelector("form");
  if (!form.hasAttribute("action")) form.setAttribute("action", url);
  return dialog;
}

function show(dialog, link) {
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-cancel]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.dispatchEvent(new Event("swap", { bubbles: true }));
  dialog.showModal();
}

let isWaiting = false;
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (isWaiting) return;
  isWaiting = true;
  const page = await load(link.href).catch(() => null);
  isWaiting = false;
  if (page?.querySelector("main [data-cancel]")) show(make(page.getElementById("main"), link.href), link);
  else location.assign(link.href);
});
