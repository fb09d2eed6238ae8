// Changes colours at once; the language needs the page again.
const form = document.querySelector("form[data-display]");
form?.elements.theme.addEventListener("change", async (event) => {
  const theme = event.target.value;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const dark of document.querySelectorAll("source[data-dark]"))
    dark.media = { light: "not all", dark: "all" }[theme] ?? "(prefers-color-scheme: dark)";
  await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
});
form?.elements.language.addEventListener("change", () => form.requestSubmit());
document.addEventListener("keydown", (event) => {
  const open = form?.closest("details[open]");
  if (event.key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
