// Puts moments into the reader's own zone; what is near is said in words, with the full date kept in the title.
const language = document.documentElement.lang;
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
for (const element of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(element.dateTime);
  const minutes = Math.round((moment - Date.now()) / 60000);
  const near = Math.abs(minutes) < 60 ? [minutes, "minute"] : Math.abs(minutes) < 1440 ? [Math.round(minutes / 60), "hour"] : null;
  element.textContent = near ? `${full.format(moment)} (${words.format(...near)})` : full.format(moment);
}
