// Warns two minutes before a session ends, and lets the person go on (WCAG 2.2.1).
const box = document.querySelector("[data-idle]");
const form = box.querySelector("form");
/** @returns {Promise<number>} seconds the session goes on without activity; 0 when it is over */
const ask = async (path, options) => {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, ...options });
  return (await answer.json()).expires_in ?? 0;
};
const leave = () => {
  document.dispatchEvent(new Event("over"));
  location.reload();
};
const look = async (again) => {
  const left = await ask(box.dataset.idle);
  if (left <= 0) return again && leave();
  box.hidden = left > 120;
  // What a dialog is above cannot be reached.
  if (!box.hidden) for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  return setTimeout(look, Math.max(5, left > 120 ? left - 118 : Math.min(left, 20)) * 1000, true);
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  box.hidden = (await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })) > 0;
});
look(false);
