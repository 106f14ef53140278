// The portal's side of a SCORM 2004 package: what its content commits and where it, or the learner, wants to go is posted;
// what is delivered is handed to the player on the content origin. The server decides; this page shows what it may ask for.
import { asking, cleanElements, commitQueue, onLeaving } from "./shared/commits.js";

const frame = document.getElementById("package");
const { origin, session } = frame.dataset;
const door = document.getElementById("package-door");
const said = document.getElementById("package-said");
const first = document.getElementById("package-first");
const NAVIGATION = /^(continue|previous|exit|exitAll|abandon|abandonAll|suspendAll|\{target=[^{}]{1,4000}\}(choice|jump))$/;
const PATIENCE_MS = 5000;
const AGAIN_MS = 2000;

let port = null;
let ask = null;
let mode = "normal";
let item = "";
let wanted = "";
let afterwards = "";
let leaving = 0;
let goes = "";
let moves = 0;

const show = (words) => {
  said.textContent = words;
  door.hidden = !words;
  frame.hidden = Boolean(words);
};

/** Show what may be asked for: the outline as the server made it, and the buttons below. */
const offer = ({ ways, outline }) => {
  const focused = document.activeElement?.dataset?.choice;
  document.getElementById("package-outline").outerHTML = outline;
  if (focused) [...document.querySelectorAll("[data-choice]")].find((one) => one.dataset.choice === focused)?.focus();
  const goesOn = ways.offered.includes("continue") || ways.offered.includes("previous");
  for (const button of document.querySelectorAll("[data-way]")) {
    button.disabled = !ways.offered.includes(button.dataset.way);
    button.hidden = button.disabled && (button.dataset.way === "exitAll" || !goesOn);
  }
};

const send = (commit) => queue.keep({ item: "", session, last: false, elements: {}, navigation: "", mode, ...commit });

/** Say at the door why nothing is open, and what can be done. */
const stand = ({ ended, refusal, is_completed: completed, ways }) => {
  const { dataset: words } = frame;
  const suspended = wanted === "suspendAll";
  item = "";
  show(ended ? (completed ? words.done : suspended ? words.suspended : words.ended) : refusal && wanted !== "open" ? words.blocked : words.choose);
  again(ended && !suspended);
  first.hidden = ended || ways.choices.length === 0;
  const out = document.getElementById("package-out");
  out.classList.toggle("button-main", first.hidden);
  // Where it has ended a person goes back to the course; a key pressed out of habit begins no attempt.
  (first.hidden ? out : first).focus();
};

/** Offer to take what is done once more: at the door, or below what is looked back at. */
const again = (offered) => { for (const button of document.querySelectorAll("[data-anew]")) button.hidden = !offered || button.dataset.anew === (door.hidden ? "door" : "foot"); };

const deliver = (delivery) => {
  item = delivery.item;
  show("");
  again(mode === "review");
  frame.title = delivery.title;
  port?.postMessage({ type: "deliver", ...delivery });
  if (!delivery.is_sco) send({ item, last: true });
};

const taken = (answer) => {
  mode = answer.mode;
  offer(answer);
  port?.postMessage({ type: "ways", ways: answer.ways });
  if (!answer.moved) return;
  moves += 1;
  if (goes) { location.assign(goes); return; }
  // What content asks for and cannot have changes nothing that is in sight.
  if (answer.delivery) deliver(answer.delivery);
  else if (wanted || answer.ended || !answer.refusal) stand(answer);
  wanted = "";
  const next = afterwards;
  afterwards = "";
  if (next) go(next);
};

const queue = commitQueue(frame, frame.dataset.post, session, { counts: () => mode === "normal", taken, refused: () => { wanted = goes = ""; } });

/** Resolve once the server answers at all; until then the page says that it does not. */
const reached = async () => {
  while (!(await fetch("/account/session", { headers: { Accept: "application/json" } }).catch(() => null))?.ok) {
    queue.stumble();
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
  document.getElementById("package-trouble").hidden = true;
};

/** Go where the learner wants to: once what was done is kept, content is taken away, and its last commit goes along. */
const go = async (navigation) => {
  if (queue.isClosed()) { queue.showClosed(); return; }
  // One way at a time. Who chooses another lesson meanwhile goes there next; a second press of the same is the same.
  if (wanted) { if (navigation.endsWith("choice") && navigation !== wanted) afterwards = navigation; return; }
  wanted = navigation;
  if (!item || !port) { send({ navigation }); return; }
  // The lesson stays in sight until there is somebody to say what follows it.
  const before = moves;
  await ask("commit", "committed");
  const isKept = await queue.settled({ soon: Boolean(goes) });
  if (queue.isClosed() || (goes && !isKept)) { wanted = goes = ""; return; }
  if (!goes) await reached();
  // Content may have gone its own way meanwhile.
  if (moves !== before || wanted !== navigation) return;
  // Content that hangs keeps nobody: what it committed until now is kept.
  leaving = setTimeout(gone, PATIENCE_MS, true);
  port.postMessage({ type: "leave" });
};

const gone = (spoke) => {
  clearTimeout(leaving);
  if (!leaving) return;
  leaving = 0;
  // What never spoke has nothing to be resumed: whoever leaves it has seen it.
  send({ item: mode === "normal" ? "" : item, navigation: goes && !spoke ? "exit" : wanted });
};

const hear = (message) => {
  if (typeof message !== "object" || message === null) return;
  if (message.type === "left") { gone(message.spoke !== false); return; }
  if (message.type !== "commit" || typeof message.last !== "boolean" || !item) return;
  const elements = cleanElements(message.elements);
  if (!elements) return;
  const asked = typeof message.navigation === "string" && NAVIGATION.test(message.navigation) ? message.navigation : "";
  // The learner's own way goes before what content asks for as it is taken away.
  const navigation = message.last ? (leaving ? wanted : asked) : "";
  if (message.last && leaving) { clearTimeout(leaving); leaving = 0; }
  send({ item, last: message.last, elements, navigation });
};

// What was left here unsent comes first: the package opens with it.
const earlier = queue.sendEarlier();

addEventListener("message", async (event) => {
  if (port || event.origin !== origin || event.source !== frame.contentWindow || event.data !== "guildhall:ready") return;
  await earlier;
  if (port) return;
  const channel = new MessageChannel();
  port = channel.port1;
  port.onmessage = ({ data }) => hear(data);
  ask = asking(port);
  frame.contentWindow.postMessage({ type: "guildhall:begin" }, origin, [channel.port2]);
  wanted = "open";
  send({ navigation: wanted });
});

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-choice]");
  const way = event.target.closest("[data-way]");
  if (choice) {
    document.getElementById("outline").hidePopover?.();
    if (!choice.hasAttribute("aria-current") || !item) go(`{target=${choice.dataset.choice}}choice`);
  // The second click of two in a row was meant for what was there before.
  } else if (way && event.detail < 2) go(way.dataset.way);
});

first.addEventListener("click", () => document.querySelector("[data-choice]:not(:disabled)")?.click());
for (const button of document.querySelectorAll("[data-anew]")) button.addEventListener("click", (event) => { if (event.detail < 2) go("anew"); });
onLeaving((event, href) => {
  // Whoever presses again leaves; the browser asks, and what is not sent stays on this device.
  if (!item || mode !== "normal" || wanted || queue.isClosed()) return;
  if (queue.isBusy() && !document.getElementById("package-trouble").hidden) return;
  event.preventDefault();
  goes = href;
  go("suspendAll");
});
