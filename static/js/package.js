// The portal's side of a package: hands one port to the player on the content origin, checks each message against
// its shape, and posts commits in order. A message names no address, person or command; those stand in this page.
import { clock } from "./shared/clocks.js";
import { post } from "./shared/posting.js";

const frame = document.getElementById("package");
const { origin, commit: commitUrl } = frame.dataset;
const begin = JSON.parse(frame.dataset.begin);
const saved = document.querySelector("#package-saved .pill");
const trouble = document.getElementById("package-trouble");
const why = trouble.querySelector("p");
const unheard = why.textContent;
const elsewhere = document.getElementById("package-elsewhere");
const PATIENCE = [500, 1000, 2000, 4000, 8000, 15000];
const waiting = [];
let sequence = 0;
let sending = false;
let handed = false;

const say = (state, words) => {
  saved.dataset.state = state;
  saved.querySelector("span").textContent = words;
};

/** Return a clean {elements, last} if a message is a commit, else null. */
const readCommit = (message) => {
  if (typeof message !== "object" || message === null || message.type !== "commit") return null;
  if (typeof message.last !== "boolean" || typeof message.elements !== "object" || message.elements === null) return null;
  const elements = {};
  for (const [name, value] of Object.entries(message.elements)) {
    if (!/^cmi\.[a-z0-9_.]{1,200}$/i.test(name)) return null;
    if (!["string", "number"].includes(typeof value)) return null;
    elements[name] = String(value);
  }
  return { elements, last: message.last };
};

const tell = (commit, keepalive = false) => post(commitUrl, JSON.stringify(commit), { keepalive, headers: { "Content-Type": "application/json" } });

/** Send what waits, oldest first, until it is kept or refused for good; only one runs at a time. */
const send = async () => {
  if (sending) return;
  sending = true;
  for (let tries = 0; waiting.length > 0;) {
    say("progress", frame.dataset.saving);
    let answer = null;
    try { answer = await tell(waiting[0]); } catch { answer = null; }
    if (answer?.ok) {
      const { kept, at } = await answer.json();
      waiting.shift();
      tries = 0;
      trouble.hidden = true;
      say(kept ? "valid" : "none", kept ? frame.dataset.saved.replace("{time}", clock(at)) : frame.dataset.preview);
    } else if (answer?.status === 409) {
      waiting.length = 0;
      elsewhere.hidden = false;
    } else if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 401 && answer.status !== 429 && !answer.lost) {
      // The server understood and will not take it: the next commit carries the whole state again.
      waiting.shift();
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

const keep = (commit) => {
  // Each commit is the whole state, so one that has not left yet is replaced by a newer one.
  if (waiting.length > 1 && !waiting.at(-1).last) waiting.pop();
  waiting.push({ item: begin.item, session: begin.session, sequence: ++sequence, ...commit });
  send();
};

addEventListener("message", (event) => {
  if (handed || event.origin !== origin || event.source !== frame.contentWindow || event.data !== "guildhall:ready") return;
  handed = true;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    const commit = readCommit(data);
    if (commit) keep(commit);
  };
  frame.contentWindow.postMessage({ type: "guildhall:begin", href: begin.href, kind: begin.kind, elements: begin.elements }, origin, [port2]);
  if (begin.kind === "asset") watch();
});

/** Keep that what says nothing itself was opened, and for how long it is before somebody's eyes. */
const watch = () => {
  const EVERY_SECONDS = 30;
  let seconds = 0;
  const spent = () => {
    const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
    return { elements: { "cmi.core.session_time": `${hours.padStart(4, "0")}:${minutes}:${rest}` }, last: false };
  };
  keep(spent());
  setInterval(() => {
    if (document.hidden) return;
    seconds += 1;
    if (seconds % EVERY_SECONDS === 0) keep(spent());
  }, 1000);
  addEventListener("pagehide", () => keep(spent()));
};

addEventListener("pagehide", () => {
  if (waiting.length > 0) tell(waiting.at(-1), true).catch(() => {});
});
