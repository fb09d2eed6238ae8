// Asks before a page is left on which a form was changed and not sent.
const text = (form) => String(new URLSearchParams(new FormData(form)));
const forms = new Map([...document.querySelectorAll("form[data-unsaved]")].map((form) => [form, text(form)]));
// What an earlier step took, and what was sent and refused, is not saved either.
const isBegun = document.querySelector("form[data-unsaved=already], form[data-unsaved] [aria-invalid]");
let mayGo = false;
const letGo = () => { mayGo = true; };
document.addEventListener("submit", (event) => !event.defaultPrevented && forms.has(event.target) && letGo());
document.addEventListener("click", (event) => event.target.closest("main [data-cancel]") && !event.ctrlKey && !event.metaKey && letGo());
document.addEventListener("over", letGo); // The session: what is on the page must go with it.
addEventListener("beforeunload", (event) => {
  const isChanged = isBegun || [...forms].some(([form, before]) => text(form) !== before);
  if (isChanged && !mayGo) event.preventDefault();
});
