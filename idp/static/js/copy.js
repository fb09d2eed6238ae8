// Copies the value beside a button, or the lines of the list it names, and says so.
const show = (part) => {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
};
show(document);
document.addEventListener("swap", (event) => show(event.target));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const said = button?.parentElement.querySelector("[role=status]");
  if (!button || said.textContent) return;
  const list = button.dataset.copy && document.getElementById(button.dataset.copy);
  const lines = list ? [...list.children] : [button.parentElement.querySelector("code")];
  await navigator.clipboard.writeText(lines.map((line) => line.textContent.trim()).join("\n"));
  const before = button.textContent;
  button.textContent = button.dataset.copied;
  said.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = before;
    said.textContent = ""; // So that it is said again the next time.
  }, 2000);
});
