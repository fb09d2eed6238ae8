// Takes what was pasted or filled in as a code: digits only, and sends it when there are six.
for (const input of document.querySelectorAll("[data-otp]")) {
  input.addEventListener("input", (event) => {
    const digits = input.value.replace(/\D/g, "");
    const typed = event.inputType === "insertText" || event.inputType?.startsWith("delete");
    if (typed) return;
    input.value = digits.slice(0, 6);
    if (digits.length === 6) input.form.requestSubmit();
  });
}
