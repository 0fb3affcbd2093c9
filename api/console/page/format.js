// Numbers and times as people read them.

// bitRate gives bit/s with three figures: 5.35 Mbit/s.
export function bitRate(bits) {
  if (!bits) return "–";
  if (bits >= 1e6) return `${(bits / 1e6).toPrecision(3)} Mbit/s`;
  return `${Math.round(bits / 1e3)} kbit/s`;
}

// count groups a whole number's digits.
export function count(n) {
  return (n ?? 0).toLocaleString("en");
}

// bytes gives a size.
export function bytes(n) {
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]]) {
    if (n >= size) return `${(n / size).toPrecision(3)} ${unit}`;
  }
  return `${n} B`;
}

// seconds reads a duration as Go writes it: 1h2m3.5s, 200ms.
export function seconds(text) {
  const units = { h: 3600, m: 60, s: 1, ms: 1e-3, "µs": 1e-6, ns: 1e-9 };
  let sum = 0;
  for (const [, value, unit] of (text ?? "").matchAll(/([\d.]+)(ms|µs|ns|h|m|s)/g)) sum += Number(value) * units[unit];
  return sum;
}

// span gives seconds with one decimal, or minutes and hours.
export function span(s) {
  if (!Number.isFinite(s)) return "–";
  if (s < 60) return `${s.toFixed(1)} s`;
  const whole = Math.floor(s);
  const parts = [[Math.floor(whole / 86400), "d"], [Math.floor(whole / 3600) % 24, "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]];
  const first = parts.findIndex(([n]) => n > 0);
  return parts.slice(first, first + 2).map(([n, unit]) => `${n} ${unit}`).join(" ");
}

// since gives the time from an instant to now.
export function since(instant) {
  return instant ? span((Date.now() - Date.parse(instant)) / 1000) : "–";
}

// clock gives an instant's local date and time.
export function clock(instant) {
  const at = new Date(instant);
  const two = (n) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

// rate gives a frame rate: 30000/1001 is 29.97.
export function rate(text) {
  if (!text) return "";
  const [num, den = 1] = text.split("/").map(Number);
  return String(Math.round((num / den) * 100) / 100);
}
