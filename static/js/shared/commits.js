// Posts what a package's player hands over, in order, until it is kept or refused for good; the pages of both SCORMs use it.
// What could not leave yet waits here, is sent again, and goes along when the page goes.
import { clock } from "./clocks.js";
import { post } from "./posting.js";

const PATIENCE = [500, 1000, 2000, 4000, 8000, 15000];
const ELEMENT = /^(cmi|adl)\.[a-z0-9_.]{1,200}$/i;

/** Return the elements of a message as texts by their names, null if they are none. */
export const cleanElements = (given) => {
  if (typeof given !== "object" || given === null) return null;
  const elements = {};
  for (const [name, value] of Object.entries(given)) {
    if (!ELEMENT.test(name) || !["string", "number"].includes(typeof value)) return null;
    elements[name] = String(value);
  }
  return elements;
};

/** Return {keep, isBusy}: keep sends one commit after the others, and `taken` hears the answer of each; `frame` has the words. */
export const commitQueue = (frame, url, { taken = () => {}, refused = () => {} } = {}) => {
  const pill = document.querySelector("#package-saved .pill");
  const trouble = document.getElementById("package-trouble");
  const why = trouble.querySelector("p");
  const unheard = why.textContent;
  const elsewhere = document.getElementById("package-elsewhere");
  const waiting = [];
  let sequence = 0;
  let sending = false;

  const say = (state, words) => {
    pill.dataset.state = state;
    pill.querySelector("span").textContent = words;
  };
  const tell = (commit, keepalive = false) => post(url, JSON.stringify(commit), { keepalive, headers: { "Content-Type": "application/json" } });
  const isRefused = (answer) => answer && answer.status >= 400 && answer.status < 500 && answer.status !== 401 && answer.status !== 429 && !answer.lost;

  const send = async () => {
    if (sending) return;
    sending = true;
    for (let tries = 0; waiting.length > 0;) {
      say("progress", frame.dataset.saving);
      let answer = null;
      try { answer = await tell(waiting[0]); } catch { answer = null; }
      if (answer?.ok) {
        const told = await answer.json();
        const commit = waiting.shift();
        tries = 0;
        trouble.hidden = true;
        const kept = told.kept ?? told.is_kept;
        say(kept ? "valid" : "none", kept ? frame.dataset.saved.replace("{time}", clock(told.at)) : frame.dataset[told.mode === "review" ? "review" : "preview"]);
        taken(told, commit);
      } else if (answer?.status === 409) {
        waiting.length = 0;
        elsewhere.hidden = false;
      } else if (isRefused(answer)) {
        // The server understood and will not take it: the next commit carries the whole state again.
        refused(waiting.shift());
        why.textContent = unheard;
        trouble.hidden = false;
      } else {
        why.textContent = answer?.lost ?? unheard;
        trouble.hidden = false;
        await new Promise((done) => setTimeout(done, PATIENCE[Math.min(tries++, PATIENCE.length - 1)]));
      }
    }
    sending = false;
  };

  addEventListener("pagehide", () => {
    // A commit is the whole state of its item: of each item the newest is enough, and each must come.
    for (const [at, commit] of waiting.entries()) if (waiting[at + 1]?.item !== commit.item || commit.navigation) tell(commit, true).catch(() => {});
  });

  return {
    keep: (commit) => {
      // One that has not left yet is replaced by a newer one of the same item.
      const last = waiting.at(-1);
      if (waiting.length > 1 && !last.last && !last.navigation && last.item === commit.item) waiting.pop();
      waiting.push({ ...commit, sequence: ++sequence });
      send();
    },
    isBusy: () => waiting.length > 0,
  };
};
