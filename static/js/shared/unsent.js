// Commits of packages that could not be sent: kept on this device for whoever made them, and sent by whichever page of the portal
// opens next. The server knows them by their session and number: it takes none twice, and none over a newer state.
import { keeping, keptNames } from "./keeping.js";
import { post } from "./posting.js";

const BEGIN = "commits:";
const WHERE = /^\/learn\/packages\/[0-9a-f-]{36}\/(commit|sequence)$/;
const LATER = [401, 408, 429];
const OLDEST_MS = 60 * 24 * 3600 * 1000;

/** Return {keep(commits), isSafe} for one opening: what is kept is replaced, and gone when there is nothing to keep. */
export const unsentOf = (url, session) => {
  const box = keeping(BEGIN + session);
  let safe = true;
  return {
    keep: (waiting) => { if (waiting.length) safe = box.keep({ url, at: Date.now(), waiting }); else box.forget(); },
    isSafe: () => safe,
  };
};

export const sendJson = (url, commit, options = {}) => post(url, JSON.stringify(commit), { ...options, headers: { "Content-Type": "application/json" } });

/** Whether an answer says that the same may be taken later. */
export const isForLater = (answer) => !answer || answer.lost || answer.status >= 500 || LATER.includes(answer.status);

/** Send what one opening left, in its order; returns "sent", "away" if nobody takes it now, or "refused". */
const sendOne = async (name) => {
  const box = keeping(name);
  for (let left = box.left(); left?.waiting?.length; left = box.left()) {
    const [commit] = left.waiting;
    let answer = null;
    try { answer = await sendJson(left.url, commit); } catch { /* nobody answers: it stays where it is */ }
    if (isForLater(answer)) return "away";
    if (!answer.ok) return "refused";
    // Another tab may have taken it, or put more there, meanwhile.
    const now = box.left();
    const rest = now?.waiting.filter((one) => one.sequence > commit.sequence) ?? [];
    if (rest.length) { if (!box.keep({ ...now, waiting: rest })) return "away"; } else box.forget();
  }
  return "sent";
};

/** Send what was left behind, all of it or that for one address; returns {sent, away, refused} as numbers. Only who asks for one address hears, and ends, what was refused. */
export const sendLeft = async (only = null) => {
  const ends = { sent: 0, away: 0, refused: 0 };
  for (const name of keptNames(BEGIN)) {
    const box = keeping(name);
    const left = box.left();
    if (!left || !WHERE.test(left.url) || Date.now() - left.at > OLDEST_MS) { box.forget(); continue; }
    if (only === null ? left.refused : left.url !== only) continue;
    const end = left.refused ? "refused" : await sendOne(name);
    ends[end] += 1;
    if (end === "refused") { if (only === null) box.keep({ ...left, refused: true }); else box.forget(); }
  }
  return ends;
};
