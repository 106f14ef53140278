// Saves what is typed by itself, says how that stands, and never overwrites what somebody else saved meanwhile.
// What did not reach the server is kept on this device until it does.
import { post } from "../shared/posting.js";

const IDLE_MS = 1200;
const MOST_MS = 8000;
const AGAIN_MS = [2000, 5000, 15_000, 30_000];

/** Save `form` whenever `changed()` is called; `said(state, detail)` shows: saved, waiting, saving, offline, refused, conflict. */
export const saver = ({ form, key, said, conflict, refused }) => {
  const revision = form.elements.revision;
  let idle = 0;
  let since = 0;
  let under = null;
  let dirty = false;
  let failures = 0;
  let held = false;

  const remember = () => {
    try { localStorage.setItem(key, JSON.stringify({ revision: revision.value, body: form.elements.body?.value, title: form.elements.title.value, at: Date.now() })); } catch { /* a full or forbidden store: the server is asked again all the same */ }
  };
  const forget = () => { try { localStorage.removeItem(key); } catch { /* as above */ } };

  const send = async ({ leaving = false } = {}) => {
    clearTimeout(idle);
    if (under || !dirty || held) return;
    dirty = false;
    since = 0;
    said("saving");
    const data = new FormData(form);
    let answer;
    under = post(form.action, data, { keepalive: leaving });
    try {
      const response = await under;
      answer = { status: response.status, lost: response.lost, content: await response.json().catch(() => ({})) };
    } catch { answer = { status: 0 }; }
    under = null;
    if (answer.status === 200) {
      revision.value = answer.content.revision;
      failures = 0;
      if (dirty) { remember(); later(); } else { forget(); said("saved", answer.content.saved_at); }
      refused({});
    } else if (answer.status === 409) {
      held = true;
      remember();
      said("conflict");
      conflict(answer.content, {
        mine: () => { revision.value = answer.content.revision; held = false; dirty = true; return send(); },
        theirs: () => { revision.value = answer.content.revision; held = false; dirty = false; forget(); said("saved"); },
      });
    } else if (!answer.lost && [400, 403, 404, 413, 422].includes(answer.status)) {
      remember();
      said("refused");
      refused(Object.fromEntries((answer.content.errors ?? []).map(({ field, detail }) => [field, detail])));
    } else {
      dirty = true;
      remember();
      said("offline", answer.lost);
      idle = setTimeout(send, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]);
      failures += 1;
    }
  };

  const later = () => {
    since ||= performance.now();
    clearTimeout(idle);
    idle = setTimeout(send, Math.max(0, Math.min(IDLE_MS, since + MOST_MS - performance.now())));
  };

  for (const back of ["online", "focus"]) addEventListener(back, () => { if (dirty && failures > 0) send(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) { if (dirty) remember(); send({ leaving: true }); } });
  addEventListener("beforeunload", (event) => { if (dirty || under || held) { remember(); event.preventDefault(); } });

  return {
    changed: () => { dirty = true; if (!held) { said("waiting"); later(); } },
    send,
    /** What was typed on this device and never reached the server, if it was typed on what is there now. */
    left: () => {
      try {
        const kept = JSON.parse(localStorage.getItem(key) ?? "null");
        return kept && kept.revision === revision.value ? kept : null;
      } catch { return null; }
    },
    forget,
  };
};
