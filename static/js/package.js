// The portal's side of a package: hands one port to the player on the content origin, checks each message against
// its shape, and posts commits in order. A message names no address, person or command; those stand in this page.
import { asking, cleanElements, commitQueue, onLeaving } from "./shared/commits.js";

const frame = document.getElementById("package");
const { origin } = frame.dataset;
const begin = JSON.parse(frame.dataset.begin);
const next = document.getElementById("package-next");
const back = document.getElementById("package-back");
const finished = document.getElementById("package-finished");
let handed = false;
let ask = null;
let leaving = false;
let spent = null;

/** Show how the lessons stand now: the server knows what is done, and what waits for what. */
const show = ({ outline, following, completed }, { last }) => {
  if (outline) {
    const before = document.getElementById("package-outline");
    const focused = before.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    before.outerHTML = outline;
    if (focused) [...document.querySelectorAll("#package-outline a")].find((one) => one.getAttribute("href") === focused)?.focus();
  }
  if (following) next.href = following;
  if (following !== undefined) next.toggleAttribute("data-leads", following !== null);
  // What has only been opened goes on by itself; a lesson that has ended is at its end, whatever came of it.
  if (begin.kind === "asset" || !(completed || last)) return;
  next.hidden = !next.hasAttribute("data-leads");
  finished.textContent = completed ? frame.dataset.finished : "";
  back.classList.toggle("button-main", next.hidden);
};

const queue = commitQueue(frame, frame.dataset.commit, begin.session, { counts: () => ["normal", "anew"].includes(begin.mode), taken: show });

/** Return a clean {elements, last} if a message is a commit, else null. */
const readCommit = (message) => {
  if (typeof message !== "object" || message === null || message.type !== "commit" || typeof message.last !== "boolean") return null;
  const elements = cleanElements(message.elements);
  return elements && { elements, last: message.last };
};

const keep = (commit) => queue.keep({ item: begin.item, session: begin.session, ...commit });

const open = () => {
  handed = true;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    const commit = readCommit(data);
    if (commit) keep(commit);
  };
  ask = asking(port1);
  frame.contentWindow.postMessage({ type: "guildhall:begin", href: begin.href, kind: begin.kind, elements: begin.elements }, origin, [port2]);
  if (begin.kind === "asset" && begin.mode === "normal") watch();
};

/** What was left here unsent comes first: the lesson begins with it, so this page is asked for once more. */
const earlier = queue.sendEarlier().then((sent) => { if (sent) location.reload(); return sent === 0; });

// Taken again once: a page that is loaded again goes on.
if (begin.mode === "anew") {
  const here = new URL(location.href);
  here.searchParams.delete("mode");
  history.replaceState(null, "", here);
}

addEventListener("message", async (event) => {
  if (handed || event.origin !== origin || event.source !== frame.contentWindow || event.data !== "guildhall:ready") return;
  if (await earlier && !handed) open();
});

/** Keep that what says nothing itself was opened, and for how long it is before somebody's eyes. */
const watch = () => {
  const EVERY_SECONDS = 30;
  let seconds = 0;
  spent = () => {
    const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0"));
    keep({ elements: { "cmi.core.session_time": `${hours.padStart(4, "0")}:${minutes}:${rest}` }, last: false });
  };
  spent();
  setInterval(() => {
    if (document.hidden) return;
    seconds += 1;
    if (seconds % EVERY_SECONDS === 0) spent();
  }, 1000);
  addEventListener("pagehide", spent);
};

/** Leave for another page once what was done is kept: first what stands, with the lesson in sight, then its end. */
const leave = async (href) => {
  leaving = true;
  spent?.();
  await ask("commit", "committed");
  if (!(await queue.settled({ soon: true })) && !queue.isClosed()) { leaving = false; return; }
  await ask("leave", "left");
  await queue.settled({ soon: true });
  location.assign(href);
};

onLeaving((event, href) => {
  // Whoever presses again leaves; the browser asks, and what is not sent stays on this device.
  if (!ask || leaving || queue.isClosed() || !begin.session) return;
  if (queue.isBusy() && !document.getElementById("package-trouble").hidden) return;
  event.preventDefault();
  leave(href);
});
