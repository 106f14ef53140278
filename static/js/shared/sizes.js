const units = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** Return a size as people write it, in the page's language: 12.3 MB. */
export const size = (bytes) => {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const style = { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: step > 1 ? 1 : 0 };
  return (bytes / 1000 ** step).toLocaleString(document.documentElement.lang, style);
};
