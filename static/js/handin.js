// Work for an assignment, saved as a draft while it is written. Another tab or device may have a newer one: it is never overwritten.
// What the server does not have is kept on this device, and nothing is sent into the void: a page that is left for a network error is lost.
import { clean, keeping, offer } from "./shared/keeping.js";
import { post } from "./shared/posting.js";

const place = document.querySelector("[data-work]");
const form = document.querySelector("form[data-draft]");
const text = form?.elements.text;
const pill = document.querySelector("[data-draft-state] .pill");
const kept = keeping(new URL(place.dataset.work, location.href).href);
const IDLE_MS = 1500;
const AGAIN_MS = 10_000;

let timer = 0;
let dirty = false;
let under = false;
let held = false;
let refused = false;
let sent = false;

const say = (state, words, glyph) => {
  if (!pill) return;
  pill.dataset.state = state;
  pill.querySelector("[data-said]").textContent = words;
  const use = pill.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${glyph}`));
};

const keep = () => kept.keep({ text: text.value, revision: form.elements.revision.value });
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
      clean(text);
      const told = await answer.json();
      say("danger", told.errors?.[0]?.detail ?? told.detail, "alert");
    } else if (!answer.ok) {
      throw new Error(String(answer.status));
    } else {
      form.elements.revision.value = (await answer.json()).revision;
      if (dirty) keep(); else kept.forget();
      say("valid", form.dataset.saved, "saved");
    }
  } catch {
    dirty = true;
    say("soon", form.dataset.failed, "offline");
  }
  under = false;
  if (dirty && !held && !refused) later(AGAIN_MS);
};

/** What was handed in, or is kept as a draft, as this page shows it. */
const known = () => [...document.querySelectorAll(".handed-text")].map((one) => one.textContent.trim());

if (text) {
  const typed = () => { dirty = true; refused = false; keep(); if (!under) later(IDLE_MS); };
  text.addEventListener("input", typed);
  addEventListener("online", () => send());
  document.addEventListener("visibilitychange", () => { if (document.hidden) send({ leaving: true }); });
  addEventListener("beforeunload", (event) => { if (!sent && (dirty || under || held)) event.preventDefault(); });
  // Its own buttons bring the text along. What is not saved yet is saved first, so that a press without a network leads nowhere;
  // what cannot be saved as it stands goes with the form, whose answer shows it.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    const isSaved = !dirty && !under;
    if (navigator.onLine && (isSaved || held || refused)) { sent = true; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    while (under) await new Promise((done) => setTimeout(done, 50));
    await send();
    if (dirty && !refused || !navigator.onLine) say("soon", form.dataset.unsent, "offline");
    else form.requestSubmit(submitter);
  }, { capture: true });
  addEventListener("pageshow", () => { sent = false; });

  const left = kept.left();
  if (left && [text.value.trim(), ...known()].includes(left.text.trim())) kept.forget();
  else if (left) {
    const take = () => { text.value = left.text; typed(); };
    // Written over what is there now: it goes on from where it was. Otherwise whoever wrote it compares.
    if (left.revision === form.elements.revision.value) take();
    else offer(place.querySelector("[data-kept]"), left.text, { take, drop: kept.forget });
  }
} else {
  const left = kept.left();
  if (left && known().includes(left.text.trim())) kept.forget();
  else if (left) offer(place.querySelector("[data-kept]"), left.text, { drop: kept.forget });
}
