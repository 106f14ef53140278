// Text that the server does not have yet: kept on this device, for whoever typed it, until it does.
const { person } = document.documentElement.dataset;

const OURS = `guildhall.kept:${person}:`;

/** What is kept under a name, in every tab of this device. `left()` is null where nothing is; `keep` says whether it could. */
export const keeping = (name) => {
  const key = `${OURS}${name}`;
  return {
    keep: (what) => { try { localStorage.setItem(key, JSON.stringify(what)); return true; } catch { return false; /* a full or forbidden store: the server is asked again all the same */ } },
    forget: () => { try { localStorage.removeItem(key); } catch { /* as above */ } },
    left: () => { try { return JSON.parse(localStorage.getItem(key) ?? "null"); } catch { return null; } },
  };
};

/** The names that begin so, under which something is kept. */
export const keptNames = (begin) => {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(OURS + begin)).map((key) => key.slice(OURS.length)); } catch { return []; }
};

/** Take out of a field what no database keeps: half a surrogate pair, and the zero byte. The server refused the text for it, and says so. */
export const clean = (field) => {
  const left = field.value.replace(/[\0\ud800-\udfff]/gu, "");
  if (left !== field.value) field.value = left;
};

/** Show a text that was kept in its place on the page, to be taken or thrown away. Where it cannot be taken it can be copied. */
export const offer = (place, text, { take = null, drop }) => {
  place.hidden = false;
  place.querySelector("[data-kept-text]").textContent = text;
  const use = place.querySelector("[data-kept-take]");
  use.hidden = take === null;
  use.onclick = () => { place.hidden = true; take(); };
  place.querySelector("[data-kept-drop]").onclick = () => { place.hidden = true; drop(); };
};
