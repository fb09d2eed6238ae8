// Says while redirect addresses are typed what is wrong or odd about them, as the server does when they are sent.
import { load } from "./load.js";
const longest = 4000; // So long may the address be that asks.
const place = document.getElementById("remarks");
const field = document.getElementById("redirect_uris");
const kind = document.querySelector("select#type");
let timer;
let waiting = new AbortController();

async function look() {
  waiting.abort();
  waiting = new AbortController();
  const asked = new URLSearchParams({ type: kind?.value ?? place.dataset.kind, redirect_uris: field.value });
  const url = `${location.origin}${place.dataset.url}?${asked}`;
  const page = url.length < longest && await load(url, waiting.signal).catch(() => null);
  place.replaceChildren(...(page ? page.getElementById("remarks").childNodes : []));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(look, 400);
}
field?.addEventListener("input", later);
kind?.addEventListener("change", later);
if (field && field.value !== field.defaultValue) look(); // It was typed in before.
