// Says how many rows of a list are ticked; without it, the bar of what is done with them says only what can be done.
const main = document.getElementById("main");

function count() {
  const said = main.querySelector("[data-chosen]");
  if (!said) return;
  const ticked = said.closest("form").querySelectorAll("td.tick :checked").length;
  said.hidden = !ticked;
  said.querySelector("output").textContent = String(ticked);
}
main.addEventListener("change", count);
main.addEventListener("swap", count);
addEventListener("pageshow", count); // Who comes back finds the ticks as they were.
