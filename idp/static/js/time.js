// Puts moments into the reader's own zone; how long ago is added in words when it was today.
const language = document.documentElement.lang;
const timeZone = document.documentElement.dataset.zone; // The zone the person chose; else this device's.
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone });
const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
function tell(part) {
  for (const element of part.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    const minutes = Math.round((moment - Date.now()) / 60000);
    const ago = minutes > -60 ? [minutes, "minute"] : [Math.round(minutes / 60), "hour"];
    const isNear = minutes <= 0 && minutes > -1440;
    element.textContent = full.format(moment) + (isNear ? ` (${words.format(...ago)})` : "");
  }
}
tell(document);
document.addEventListener("swap", (event) => tell(event.target));
