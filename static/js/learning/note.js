// A note beside a lesson is saved a moment after the last key, and once more when the page is left. Until the server has it, it is kept on this device.
import { clean, keeping, offer } from "../shared/keeping.js";
import { post } from "../shared/posting.js";

const field = document.querySelector("[data-note]");
const PAUSE_MS = 800;
const AGAIN_MS = 10_000;

if (field) {
  const form = field.form;
  const said = form.querySelector("[data-note-said]");
  const kept = keeping(form.action);
  let waiting = 0;
  let saved = field.value;
  let busy = false;
  let failed = false;

  const say = (words) => { if (said.textContent !== words) said.textContent = words; };
  const keep = () => kept.keep({ text: field.value, revision: form.elements.revision.value });

  const save = async ({ leaving = false } = {}) => {
    clearTimeout(waiting);
    if (busy || field.value === saved) return;
    const text = field.value;
    busy = true;
    failed = true;
    say(field.dataset.saving);
    try {
      const answer = await post(form.action, new FormData(form), { keepalive: leaving });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        saved = text;
        failed = false;
        form.elements.revision.value = told.revision;
        if (field.value === text) { kept.forget(); say(field.dataset.done); } else keep();
      } else if (answer.lost) {
        say(answer.lost);
        waiting = setTimeout(save, AGAIN_MS);
      } else {
        clean(field);
        say(told.errors?.[0]?.detail ?? told.detail ?? field.dataset.failed);
      }
    } catch {
      say(field.dataset.failed);
      waiting = setTimeout(save, AGAIN_MS);
    } finally {
      busy = false;
      if (field.value !== text && saved === text) waiting = setTimeout(save, PAUSE_MS);
    }
  };

  const typed = () => {
    keep();
    say(failed || !navigator.onLine ? field.dataset.failed : field.dataset.typing);
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE_MS);
  };

  field.addEventListener("input", typed);
  addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => { if (document.hidden) save({ leaving: true }); });
  addEventListener("pagehide", () => save({ leaving: true }));
  addEventListener("beforeunload", (event) => { if (field.value !== saved && (failed || !navigator.onLine)) event.preventDefault(); });

  const left = kept.left();
  if (left && left.text.trim() === saved.trim()) kept.forget();
  else if (left) {
    field.closest("details").open = true;
    const take = () => { field.value = left.text; typed(); };
    // Written over what is there now: it goes on from where it was. Otherwise whoever wrote it compares.
    if (left.revision === form.elements.revision.value) take();
    else offer(form.querySelector("[data-kept]"), left.text, { take, drop: kept.forget });
  }
}
