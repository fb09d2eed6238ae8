// Copies the value beside a button, or the lines of the list it names, and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const list = button.dataset.copy && document.getElementById(button.dataset.copy);
    const lines = list ? [...list.children] : [button.parentElement.querySelector("code")];
    await navigator.clipboard.writeText(lines.map((line) => line.textContent.trim()).join("\n"));
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}
