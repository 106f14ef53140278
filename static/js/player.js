// A lesson being read: tells the portal that it is open, how long it was looked at and how far down it is. Only the player's pages load it.
import { asked } from "./learning/asked.js";
import "./learning/inside.js";
import "./learning/keys.js";
import "./learning/note.js";
import "./learning/parts.js";
import { post } from "./shared/posting.js";

const article = document.querySelector("[data-reading]");
const form = document.querySelector("#reading");
const pill = document.querySelector("[data-saved]");
const EVERY_MS = 30_000;

let seconds = 0;
let since = document.hidden ? null : performance.now();
let failed = false;

const read = () => {
  if (since === null) return;
  const now = performance.now();
  seconds += (now - since) / 1000;
  since = now;
};

const place = () => {
  const room = document.documentElement.scrollHeight - innerHeight;
  return room > 0 ? Math.min(1, Math.max(0, scrollY / room)) : 0;
};

const say = (state, words, glyph) => {
  const box = pill?.querySelector(".pill");
  if (!box) return;
  const text = box.querySelector("[data-said]");
  if (text.textContent === words) return;
  text.textContent = words;
  box.dataset.state = state;
  const use = box.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${glyph}`));
};

const tell = async ({ leaving = false } = {}) => {
  read();
  const told = Math.floor(seconds);
  const body = new URLSearchParams({ seconds: told, y: place().toFixed(4) });
  seconds -= told;
  try {
    const answer = await post(article.dataset.reading, body, { keepalive: leaving });
    if (!answer.ok) throw new Error(String(answer.status));
    failed = false;
    say("valid", pill.dataset.done, "saved");
    if (answer.status === 200) asked(await answer.json());
  } catch {
    // What was not told is told next time; only a page that is left for good while offline loses some seconds of reading.
    seconds += told;
    failed = true;
    say("soon", pill.dataset.failed, "offline");
  }
};

if (article && form) {
  const back = Number(article.dataset.place);
  if (back > 0.02 && back < 0.98 && !location.hash && scrollY === 0) {
    addEventListener("load", () => scrollTo({ top: back * (document.documentElement.scrollHeight - innerHeight), behavior: "instant" }), { once: true });
  }
  tell();
  setInterval(() => { if (!document.hidden || failed) tell(); }, EVERY_MS);
  addEventListener("online", () => tell());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { tell({ leaving: true }); since = null; } else since = performance.now();
  });
}
