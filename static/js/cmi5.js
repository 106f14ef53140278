// The portal's side of a cmi5 unit: asks for its launch, shows it, and keeps the outline true while it is open. The unit
// itself speaks to the record store alone; of its window only one word is heard, that it was left.
import { post } from "./shared/posting.js";

const place = document.getElementById("package-begin");
const frame = document.getElementById("package");
const door = document.getElementById("package-door");
const open = document.getElementById("package-open");
const trouble = document.getElementById("package-trouble");
const begin = JSON.parse(place.dataset.begin);
const next = document.getElementById("package-next");
const EVERY_MS = 5_000;
const LEAST_MS = 1_000;

const ask = () => post(place.dataset.launch, JSON.stringify(begin), { headers: { "Content-Type": "application/json" } });

const launch = async () => {
  open.disabled = true;
  let answer = null;
  try { answer = await ask(); } catch { answer = null; }
  open.disabled = false;
  trouble.hidden = Boolean(answer?.ok);
  if (answer?.lost) trouble.querySelector("p").textContent = answer.lost;
  door.hidden = Boolean(answer?.ok) && Boolean(frame);
  if (!answer?.ok) return;
  const { url, own_window: own } = await answer.json();
  if (own) location.assign(url);
  else { frame.hidden = false; frame.src = url; frame.focus(); }
};

/** Offer what comes next, once this unit is done or left. */
const goOn = () => {
  // The door has its own way on.
  if (next) next.hidden = !door.hidden;
  document.getElementById("package-back").classList.toggle("button-main", !next);
};

let looked = 0;

/** Mark what has become of the units since the page was made. */
const look = async () => {
  looked = performance.now();
  const answer = await fetch(place.dataset.standing, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { states } = await answer.json();
  document.querySelectorAll("#outline ol a").forEach((link, at) => {
    const state = states[at];
    if (state === "valid" && link.hasAttribute("aria-current") && frame) goOn();
    if (!state || link.dataset.state === state) return;
    link.dataset.state = state;
    const use = link.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, state === "valid" ? "#valid" : "#progress"));
    link.querySelector(".sr-only").textContent = state === "valid" ? place.dataset.done : place.dataset.progress;
  });
};

open.addEventListener("click", () => {
  // A launch is one opening: who opens the lesson again opens a new one.
  if (frame?.dataset.left) location.assign(place.dataset.here);
  else launch();
});

if (frame) {
  addEventListener("message", (event) => {
    if (event.origin !== frame.dataset.origin || event.source !== frame.contentWindow || event.data !== "guildhall:left") return;
    frame.hidden = true;
    frame.dataset.left = "1";
    frame.removeAttribute("src");
    door.hidden = document.getElementById("package-why").hidden = false;
    open.textContent = place.dataset.again;
    goOn();
    open.focus();
    look();
  });
  setInterval(() => { if (!document.hidden) look(); }, EVERY_MS);
  // The unit speaks to the record store alone: whoever turns to the outline, or to the foot, is to find it as it is.
  let soon = 0;
  const turn = () => {
    clearTimeout(soon);
    soon = setTimeout(look, Math.max(0, LEAST_MS - (performance.now() - looked)));
  };
  for (const turned of ["pointerover", "focusin"]) document.addEventListener(turned, turn);
  launch();
} else {
  // A page that comes back from the browser's memory has launched already.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
