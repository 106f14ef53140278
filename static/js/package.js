// The portal's side of a package: hands one port to the player on the content origin, checks each message against
// its shape, and posts commits in order. A message names no address, person or command; those stand in this page.
import { cleanElements, commitQueue } from "./shared/commits.js";

const frame = document.getElementById("package");
const { origin } = frame.dataset;
const begin = JSON.parse(frame.dataset.begin);
const LOCKED = ".outline [aria-disabled]";
let handed = false;

/** Show which lessons opened meanwhile: the server knows what waits for what. */
const unlock = async (told) => {
  if (!told.completed || !document.querySelector(LOCKED)) return;
  const here = new URL(location.href);
  here.searchParams.set("item", begin.item);
  const answer = await fetch(here).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector(".outline").replaceWith(page.querySelector(".outline"));
};

const queue = commitQueue(frame, frame.dataset.commit, { taken: unlock });

/** Return a clean {elements, last} if a message is a commit, else null. */
const readCommit = (message) => {
  if (typeof message !== "object" || message === null || message.type !== "commit" || typeof message.last !== "boolean") return null;
  const elements = cleanElements(message.elements);
  return elements && { elements, last: message.last };
};

const keep = (commit) => queue.keep({ item: begin.item, session: begin.session, ...commit });

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
