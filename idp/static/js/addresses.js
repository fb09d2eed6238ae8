// Says while redirect addresses are typed what is wrong or odd about them; the server looks at them, now and when they are sent.
import { load } from "./load.js";
const longest = 4000; // A longer address of a page is not asked for: what is wrong is said when the form is sent.
const place = document.getElementById("remarks");
const field = document.getElementById("redirect_uris");
let timer;
let waiting = new AbortController();

async function look() {
  waiting.abort();
  waiting = new AbortController();
  const asked = new URLSearchParams({ type: place.dataset.kind, redirect_uris: field.value });
  const url = `${location.origin}${place.dataset.url}?${asked}`;
  const page = url.length < longest && await load(url, waiting.signal).catch(() => null);
  if (page) place.replaceChildren(...page.getElementById("remarks").childNodes);
}

field?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, 400);
});
if (field && field.value !== field.defaultValue) look(); // It was typed in before this was loaded.
