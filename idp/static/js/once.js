// Sends a form whose answer shows a secret once: a second click would bring the page that no longer shows it.
let sent = new WeakSet();
document.addEventListener("submit", (event) => {
  if (!event.target.elements.form_id || event.defaultPrevented) return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
addEventListener("pageshow", () => { sent = new WeakSet(); });
