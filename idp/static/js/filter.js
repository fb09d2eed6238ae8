// Filters a list while its form is filled in: the page it would lead to is fetched, and what differs is swapped.
import { load } from "./load.js";
import { swap } from "./swap.js";
const main = document.getElementById("main");
const form = document.getElementById("filters");
const live = "[data-typed], select, [type=checkbox], [type=date]"; // Other fields want a whole name.
const address = () => {
  const asked = String(new URLSearchParams([...new FormData(form)].filter((field) => field[1])));
  return location.origin + location.pathname + (asked && `?${asked}`);
};
let shown = address();
let timer;
let waiting = new AbortController();

function stop() {
  clearTimeout(timer);
  waiting.abort();
  main.ariaBusy = null;
}

async function look() {
  const url = address();
  if (url === shown) return;
  stop();
  waiting = new AbortController();
  shown = url;
  main.ariaBusy = "true";
  const page = await load(url, waiting.signal).catch(() => null);
  if (page?.getElementById("filters")) show(page, url);
  else location.assign(url);
}

function show(page, url) {
  const focused = document.activeElement;
  history.replaceState(null, "", url);
  swap(main, page.getElementById("main"));
  if (!focused.isConnected) main.focus({ preventScroll: true });
  const found = main.querySelector("[data-said]")?.dataset.said;
  form.querySelector("[role=status]").textContent = found ?? main.querySelector(".empty .name").textContent;
}

function later(event) {
  if (event.isComposing || !event.target.matches(live)) return;
  clearTimeout(timer);
  timer = setTimeout(look, 300);
}
form.addEventListener("input", later);
form.addEventListener("compositionend", later);
addEventListener("beforeunload", () => {
  stop();
  shown = ""; // Who stays, for a download began, may ask the same again.
});
