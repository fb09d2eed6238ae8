// Says in words how long and how varied a new password is; the server is the judge.
/** @param {string} text @param {number} least @returns {number} 0 too short … 4 strong */
function strength(text, least) {
  const length = [...text].length;
  if (length < least) return 0;
  if (new Set(text.toLowerCase()).size < 6 || /(.)\1{3}|^(.{1,4})\2+$/u.test(text)) return 1;
  return 2 + (length >= least + 4) + (length >= least + 9);
}
for (const input of document.querySelectorAll("[data-meter]")) {
  const box = document.getElementById(input.dataset.meter);
  const { short, weak, fair, good, strong, minimum } = box.dataset;
  const said = box.querySelector("[role=status]");
  input.addEventListener("input", () => {
    const value = strength(input.value, Number(minimum));
    const words = [short, weak, fair, good, strong][value];
    box.hidden = !input.value;
    box.querySelector("meter").value = value;
    if (said.textContent !== words) said.textContent = words;
  });
}
