// Numbers, times and sizes as people read them.
const number = new Intl.NumberFormat("en");
const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const formatNumber = (value) => number.format(value);
export const formatMoment = (text) => (text ? moment.format(new Date(text)) : "");

const units = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];

// "3 hours ago"
export function formatAgo(text) {
  const seconds = (new Date(text) - Date.now()) / 1000;
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return relative.format(0, "minute").replace("this minute", "just now");
}

export function formatBytes(bytes) {
  const names = ["bytes", "KB", "MB", "GB", "TB"];
  let value = Number(bytes);
  let step = 0;
  while (value >= 1024 && step < names.length - 1) {
    value /= 1024;
    ++step;
  }
  return `${number.format(Math.round(value * 10) / 10)} ${names[step]}`;
}
