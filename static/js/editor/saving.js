// Saves what is typed by itself, says how that stands, and never overwrites what somebody else saved meanwhile.
// What did not reach the server is kept on this device until it does.
import { keeping } from "../shared/keeping.js";
import { post } from "../shared/posting.js";

const IDLE_MS = 1200;
const MOST_MS = 8000;
const AGAIN_MS = [2000, 5000, 15_000, 30_000];
// How many texts are remembered that were sent and never answered: one of them may have arrived.
const UNANSWERED = 5;

/** Save `form` whenever `changed()` is called; `said(state, detail)` shows: saved, waiting, saving, offline, refused, conflict. */
export const saver = ({ form, said, conflict, refused }) => {
  const revision = form.elements.revision;
  const kept = keeping(form.action);
  const found = kept.left();
  let unanswered = found?.unanswered ?? [];
  let idle = 0;
  let since = 0;
  let under = null;
  let dirty = false;
  let failures = 0;
  let held = false;

  const typed = () => ({ body: form.elements.body?.value, title: form.elements.title.value });
  const remember = () => kept.keep({ ...typed(), revision: revision.value, unanswered });
  const forget = () => { unanswered = []; kept.forget(); };
  /** Whether what is saved now came from here: its answer was lost on the way, so that this page does not know its revision. */
  const isOurs = (theirs) => [typed(), ...unanswered].some(({ body, title }) => body === theirs.body && title === theirs.title);

  const ask = (theirs) => conflict(theirs, {
    mine: () => { revision.value = theirs.revision; held = false; dirty = true; return send(); },
    theirs: () => { revision.value = theirs.revision; held = false; dirty = false; forget(); said("saved"); },
  });

  const send = async ({ leaving = false } = {}) => {
    clearTimeout(idle);
    if (under || !dirty || held) return;
    dirty = false;
    since = 0;
    said("saving");
    const data = new FormData(form);
    unanswered = [...unanswered, typed()].slice(-UNANSWERED);
    if (leaving) remember();
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
      unanswered = [];
      if (dirty) { remember(); later(); } else { forget(); said("saved", answer.content.saved_at); }
      refused({});
    } else if (answer.status === 409 && answer.content.is_own && isOurs(answer.content)) {
      revision.value = answer.content.revision;
      unanswered = [];
      dirty = true;
      await send();
    } else if (answer.status === 409) {
      held = true;
      remember();
      said("conflict");
      ask(answer.content);
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
    changed: () => { dirty = true; if (held) remember(); else { said("waiting"); later(); } },
    send,
    /** What was typed on this device and never reached the server; `isOver`, if it was typed on what was there before. */
    left: found && { ...found, isOver: found.revision !== revision.value && !unanswered.some(({ body, title }) => body === form.elements.body?.value && title === form.elements.title.value) },
    /** Have somebody choose between what is in the form and what is saved. */
    hold: (theirs) => { held = dirty = true; remember(); said("conflict"); ask(theirs); },
    forget,
  };
};
