// A note beside a lesson is saved a moment after the last key, and once more when the page is left. What could not be saved stays in the field and is tried again.
import { post } from "../shared/posting.js";

const field = document.querySelector("[data-note]");
const PAUSE_MS = 800;
const AGAIN_MS = 10_000;

if (field) {
  const form = field.form;
  const said = form.querySelector("[data-note-said]");
  let waiting = 0;
  let saved = field.value;
  let busy = false;

  const save = async ({ leaving = false } = {}) => {
    clearTimeout(waiting);
    if (busy || field.value === saved) return;
    const text = field.value;
    busy = true;
    said.textContent = field.dataset.saving;
    try {
      const answer = await post(form.action, new FormData(form), { keepalive: leaving });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        saved = text;
        form.elements.revision.value = told.revision;
        said.textContent = field.dataset.done;
      } else if (answer.lost) {
        said.textContent = answer.lost;
        waiting = setTimeout(save, AGAIN_MS);
      } else {
        said.textContent = told.detail ?? field.dataset.failed;
      }
    } catch {
      said.textContent = field.dataset.failed;
      waiting = setTimeout(save, AGAIN_MS);
    } finally {
      busy = false;
      if (field.value !== text && saved === text) waiting = setTimeout(save, PAUSE_MS);
    }
  };

  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, PAUSE_MS); });
  addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => { if (document.hidden) save({ leaving: true }); });
  addEventListener("pagehide", () => save({ leaving: true }));
}
