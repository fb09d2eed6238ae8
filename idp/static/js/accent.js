// Says while a colour is typed whether it can be read; the server measures it, too.
const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const line = (part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
const light = ([r, g, b]) => 0.05 + 0.2126 * line(r) + 0.7152 * line(g) + 0.0722 * line(b);
const box = document.querySelector("[data-accent]");
const { accent, grounds, tint, least, fine, pale } = box?.dataset ?? {};
const input = box && document.getElementById(accent);
function show() {
  const hex = input.value.trim();
  box.hidden = !/^#[\da-f]{6}$/i.test(hex);
  const own = parts(hex);
  const all = [...grounds.split(" ").map(parts), own.map((part) => Math.round(255 - tint * (255 - part)))];
  const ratio = Math.min(...all.map((it) => light(it) / light(own)));
  box.firstChild.style.background = hex;
  box.lastChild.textContent = (ratio < least ? pale : fine).replace("{ratio}", Math.floor(ratio * 100) / 100);
}
input?.addEventListener("input", show);
if (input) show();
