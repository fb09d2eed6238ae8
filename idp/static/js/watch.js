// Fetches a watched page again and again, as long as the server says so; without this script it loads anew.
import { load } from "./load.js";
import { swap } from "./swap.js";
const main = document.getElementById("main");
const watched = () => main.querySelector("[data-watch]");
const rows = () => [...main.querySelectorAll("[data-row]")];
const isInUse = (region) => document.hidden || getSelection().type === "Range" || region.querySelector("details[open]");
let timer;

function renew(page) {
  const known = new Set(rows().map((row) => row.dataset.row));
  swap(main, page.getElementById("main"));
  for (const row of rows().filter((one) => !known.has(one.dataset.row))) {
    const mark = document.createElement("span");
    mark.className = "badge good";
    mark.textContent = row.closest("[data-new]").dataset.new;
    row.querySelector("th").append(" ", mark);
  }
}

async function look() {
  const url = location.href;
  const region = watched();
  if (region && !isInUse(region)) {
    const page = await load(url).catch(() => undefined); // No answer: the next turn asks again.
    if (page && url === location.href) renew(page);
    if (page === null) return location.reload();
  }
  return wait();
}

function wait() {
  clearTimeout(timer);
  const region = watched();
  if (region) timer = setTimeout(look, region.dataset.watch * 1000);
}
document.addEventListener("visibilitychange", look);
wait();
