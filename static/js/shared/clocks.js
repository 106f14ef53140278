// Times that a script writes look as the server's do: 24 hours, in the reader's language and in the zone of their account, wherever the device is.
const { lang, dataset } = document.documentElement;

/** Return an instant as a clock shows it: 09:05:30. */
export const clock = (at) =>
  new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", numberingSystem: "latn", timeZone: dataset.zone }).format(new Date(at));
