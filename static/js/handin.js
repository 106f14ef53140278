// Work for an assignment, saved as a draft while it is written. Another tab or device may have a newer one: it is never overwritten.
import { post } from "./shared/posting.js";

const form = document.querySelector("form[data-draft]");
const text = form?.elements.text;
const pill = document.querySelector("[data-draft-state] .pill");
const IDLE_MS = 1500;
const AGAIN_MS = 10_000;

let timer = 0;
let dirty = false;
let under = false;
let held = false;
let refused = false;

const say = (state, words, glyph) => {
  if (!pill) return;
  pill.dataset.state = state;
  pill.querySelector("[data-said]").textContent = words;
  const use = pill.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${glyph}`));
};

const later = (wait) => { clearTimeout(timer); timer = setTimeout(send, wait); };

const send = async ({ leaving = false } = {}) => {
  clearTimeout(timer);
  if (!dirty || under || held || refused) return;
  dirty = false;
  under = true;
  say("progress", form.dataset.saving, "progress");
  const body = new URLSearchParams({ revision: form.elements.revision.value, text: text.value, do: "save" });
  try {
    const answer = await post(form.action, body, { keepalive: leaving });
    if (answer.lost) {
      dirty = true;
      say("soon", answer.lost, "lock");
    } else if (answer.status === 409) {
      held = true;
      say("soon", form.dataset.overtaken, "alert");
    } else if ([400, 413, 422].includes(answer.status)) {
      // The same text would be refused again: it is kept here, and sent once it is changed.
      dirty = refused = true;
      say("danger", (await answer.json()).detail, "alert");
    } else if (!answer.ok) {
      throw new Error(String(answer.status));
    } else {
      form.elements.revision.value = (await answer.json()).revision;
      say("valid", form.dataset.saved, "saved");
    }
  } catch {
    dirty = true;
    say("soon", form.dataset.failed, "offline");
  }
  under = false;
  if (dirty && !held && !refused) later(AGAIN_MS);
};

if (text) {
  text.addEventListener("input", () => { dirty = true; refused = false; if (!under) later(IDLE_MS); });
  addEventListener("online", () => send());
  document.addEventListener("visibilitychange", () => { if (document.hidden) send({ leaving: true }); });
  addEventListener("beforeunload", (event) => { if (dirty || under || held) event.preventDefault(); });
  // Its own buttons bring the text along: nothing is left behind, and a save under way is waited for, since it changes the revision.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (under) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      while (under) await new Promise((done) => setTimeout(done, 50));
      form.requestSubmit(submitter);
      return;
    }
    dirty = held = false;
  }, { capture: true });
}
