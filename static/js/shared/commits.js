// Posts what a package's player hands over, in order, until it is kept or refused for good; the pages of both SCORMs use it.
// What could not leave yet is kept on this device too, and goes with the next page if this one is left: see unsent.js.
import { clock } from "./clocks.js";
import { isForLater, sendJson, sendLeft, unsentOf } from "./unsent.js";

const PATIENCE = [500, 1000, 2000, 4000, 8000, 15000];
const ELEMENT = /^(cmi|adl)\.[a-z0-9_.]{1,200}$/i;
const SLOW_MS = 5000;
// A page that goes may have 64 KiB under way, all in all: what is longer would be refused unsent.
const ALONG_CHARACTERS = 20_000;
const GLYPHS = { progress: "progress", valid: "saved", soon: "offline", none: "none" };

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

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Return the queue of one opening: `taken` hears the answer of each commit; `frame` has the words. */
export const commitQueue = (frame, url, session, { counts = () => true, taken = () => {}, refused = () => {} } = {}) => {
  const pill = document.querySelector("#package-saved .pill");
  const trouble = document.getElementById("package-trouble");
  const why = trouble.querySelector("p");
  const unheard = why.textContent;
  const elsewhere = document.getElementById("package-elsewhere");
  const unsent = unsentOf(url, session);
  const waiting = [];
  const listening = new Set();
  let sequence = 0;
  let sending = false;
  let closed = false;
  let gone = false;

  const say = (state, words) => {
    pill.dataset.state = state;
    pill.querySelector("[data-said]").textContent = words;
    const use = pill.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${GLYPHS[state]}`));
  };
  // A way to go is nothing that was done: who comes back chooses anew.
  const remember = () => unsent.keep(counts() ? waiting.filter((one) => one.item) : []);
  const showClosed = () => elsewhere.scrollIntoView({ block: "center" });
  const told = () => { for (const one of listening) one(); };
  const stumble = (words = unheard) => {
    why.textContent = words;
    trouble.hidden = false;
    say("soon", frame.dataset.unsaved);
    told();
  };
  const close = () => {
    closed = true;
    waiting.length = 0;
    remember();
    trouble.hidden = true;
    elsewhere.hidden = false;
    say("soon", frame.dataset.elsewhere);
    told();
  };
  /** Whether the newest commit of an item stands for this one: each is the whole state. */
  const isOvertaken = (commit, next) => Boolean(next) && !commit.last && !commit.navigation && commit.item === next.item;
  const tell = (commit) => sendJson(url, commit, { keepalive: gone && JSON.stringify(commit).length < ALONG_CHARACTERS });

  const send = async () => {
    if (sending) return;
    sending = true;
    for (let tries = 0; waiting.length > 0;) {
      while (isOvertaken(waiting[0], waiting[1])) waiting.shift();
      if (trouble.hidden) say("progress", frame.dataset.saving);
      let answer = null;
      try { answer = await tell(waiting[0]); } catch { answer = null; }
      if (answer?.ok) {
        const news = await answer.json();
        const commit = waiting.shift();
        tries = 0;
        trouble.hidden = true;
        remember();
        const kept = news.kept ?? news.is_kept;
        say(kept ? "valid" : "none", kept ? frame.dataset.saved.replace("{time}", clock(news.at)) : frame.dataset[news.mode === "review" ? "review" : "preview"]);
        taken(news, commit);
        told();
      } else if (answer?.status === 409) {
        close();
      } else if (!isForLater(answer)) {
        // The server understood and will not take it: the next commit carries the whole state again.
        refused(waiting.shift());
        remember();
        stumble();
      } else {
        stumble(answer?.lost);
        await pause(PATIENCE[Math.min(tries++, PATIENCE.length - 1)]);
      }
    }
    sending = false;
  };

  /** Resolve once nothing waits (true), or it will not be taken (false); with `soon`, also once it is clear that it takes longer. */
  const settled = ({ soon }) => new Promise((done) => {
    let slow = 0;
    const look = () => {
      const over = closed || waiting.length === 0;
      if (!over && !(soon && !trouble.hidden)) return;
      clearTimeout(slow);
      listening.delete(look);
      done(over && !closed);
    };
    listening.add(look);
    if (soon) slow = setTimeout(() => { if (waiting.length) stumble(); look(); }, SLOW_MS);
    look();
  });

  addEventListener("pagehide", () => {
    gone = true;
    // In their order, so the first alone: what follows it is kept, and goes with the next page.
    const first = waiting.find((one, at) => !isOvertaken(one, waiting[at + 1]));
    if (first) tell(first).catch(() => {});
  });
  // One that comes back from the browser's memory has ended its lesson.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
  addEventListener("beforeunload", (event) => {
    if (waiting.length > 0 && (!trouble.hidden || !navigator.onLine || !unsent.isSafe())) event.preventDefault();
  });

  return {
    keep: (commit) => {
      if (closed) { showClosed(); return; }
      // One that has not left yet is replaced by a newer one of the same item.
      if (waiting.length > 1 && isOvertaken(waiting.at(-1), commit)) waiting.pop();
      waiting.push({ ...commit, sequence: ++sequence });
      remember();
      send();
    },
    isBusy: () => waiting.length > 0,
    isClosed: () => closed,
    showClosed,
    settled,
    stumble,
    /** Send what an earlier opening of this package left on this device, before this one begins; returns how many did. */
    sendEarlier: async () => {
      for (let sent = 0, tries = 0; ;) {
        const ends = await sendLeft(url);
        sent += ends.sent;
        if (ends.refused) document.getElementById("package-overtaken").hidden = false;
        if (!ends.away) { trouble.hidden = true; return sent; }
        stumble();
        await pause(PATIENCE[Math.min(tries++, PATIENCE.length - 1)]);
      }
    },
  };
};

/** Return a function that asks the player on the content origin for something and resolves with its answer, or null if it stays silent. */
export const asking = (port) => {
  const open = new Map();
  port.addEventListener("message", ({ data }) => { if (typeof data?.type === "string") open.get(data.type)?.(data); });
  return (type, answer, patience = SLOW_MS) => new Promise((done) => {
    const end = (said) => { clearTimeout(late); open.delete(answer); done(said); };
    const late = setTimeout(end, patience, null);
    open.set(answer, end);
    port.postMessage({ type });
  });
};

/** Hear each press of a link that leads away from this page, unless it opens another. */
export const onLeaving = (take) => addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const to = new URL(link.href);
  if (to.origin === location.origin && (to.pathname !== location.pathname || to.search !== location.search)) take(event, link.href);
});
