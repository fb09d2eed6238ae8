// Shows and hides a password at will, tells of Caps Lock, and hides it again before it is sent.
for (const button of document.querySelectorAll(".reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const status = button.closest(".field").querySelector("[role=status]");
  const label = button.getAttribute("aria-label");
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.classList.toggle("on", shown);
    button.setAttribute("aria-label", shown ? button.dataset.hide : label);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    status.textContent = input.type === "text" ? button.dataset.shown : button.dataset.hidden;
  });
  input.addEventListener("keyup", (event) => {
    const caps = event.getModifierState?.("CapsLock") ? button.dataset.caps : "";
    if (caps || status.textContent === button.dataset.caps) status.textContent = caps;
  });
  input.form?.addEventListener("submit", () => show(false));
}
