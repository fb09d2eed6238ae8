// Says in words how long and how varied a new password is; the server is the judge.
/** @param {string} text @param {number} minimum @returns {number} 0 too short … 4 strong */
function strength(text, minimum) {
  const length = [...text].length;
  if (length < minimum) return 0;
  const varied = new Set(text.toLowerCase()).size;
  if (varied < 6 || /(.)\1{3}|^(.{1,4})\2+$/u.test(text)) return 1;
  return Math.min(4, 2 + (length >= minimum + 4) + (length >= minimum + 9));
}
for (const input of document.querySelectorAll("[data-meter]")) {
  const box = document.getElementById(input.dataset.meter);
  const { short, weak, fair, good, strong, minimum } = box.dataset;
  const words = [short, weak, fair, good, strong];
  input.addEventListener("input", () => {
    const value = strength(input.value, Number(minimum));
    box.hidden = !input.value;
    box.querySelector("meter").value = value;
    const said = box.querySelector("[role=status]");
    if (said.textContent !== words[value]) said.textContent = words[value];
  });
}
