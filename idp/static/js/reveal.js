// Shows and hides a password at will, tells of Caps Lock, and hides it again before it is sent.
for (const button of document.querySelectorAll(".reveal")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const status = button.closest(".field").querySelector("[role=status]");
  const { hide, shown, hidden, caps } = button.dataset;
  const show = button.ariaLabel;
  const turn = (on) => {
    input.type = on ? "text" : "password";
    button.classList.toggle("on", on);
    button.ariaLabel = on ? hide : show;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    turn(input.type === "password");
    status.textContent = input.type === "text" ? shown : hidden;
  });
  input.addEventListener("keyup", (event) => {
    const on = event.getModifierState?.("CapsLock");
    if (on || status.textContent === caps) status.textContent = on ? caps : "";
  });
  input.form?.addEventListener("submit", () => turn(false));
}
