// The portal's side of a SCORM 2004 package: what its content commits and where it, or the learner, wants to go is posted;
// what is delivered is handed to the player on the content origin. The server decides; this page shows what it may ask for.
import { cleanElements, commitQueue } from "./shared/commits.js";

const frame = document.getElementById("package");
const { origin, session } = frame.dataset;
const door = document.getElementById("package-door");
const said = document.getElementById("package-said");
const first = document.getElementById("package-first");
const leave = document.getElementById("package-leave");
const NAVIGATION = /^(continue|previous|exit|exitAll|abandon|abandonAll|suspendAll|\{target=[^{}]{1,4000}\}(choice|jump))$/;
const PATIENCE_MS = 5000;

let port = null;
let mode = "normal";
let item = "";
let wanted = "";
let afterwards = "";
let leaving = 0;
let goes = "";

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
  door.querySelector(".cluster > :not([hidden])").focus();
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
  if (goes) { location.assign(goes); return; }
  // What content asks for and cannot have changes nothing that is in sight.
  if (answer.delivery) deliver(answer.delivery);
  else if (wanted || answer.ended || !answer.refusal) stand(answer);
  wanted = "";
  const next = afterwards;
  afterwards = "";
  if (next) go(next);
};

const queue = commitQueue(frame, frame.dataset.post, { taken, refused: () => { wanted = goes = ""; } });

/** Go where the learner wants to: content is taken away first, and its last commit goes along. */
const go = (navigation) => {
  // One way at a time: who asks again meanwhile goes there next.
  if (wanted) { afterwards = navigation; return; }
  wanted = navigation;
  if (!item || !port) { send({ navigation }); return; }
  port.postMessage({ type: "leave" });
  // Content that hangs keeps nobody: what it committed until now is kept.
  leaving = setTimeout(gone, PATIENCE_MS, true);
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

addEventListener("message", (event) => {
  if (port || event.origin !== origin || event.source !== frame.contentWindow || event.data !== "guildhall:ready") return;
  const channel = new MessageChannel();
  port = channel.port1;
  port.onmessage = ({ data }) => hear(data);
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
  } else if (way) go(way.dataset.way);
});

first.addEventListener("click", () => document.querySelector("[data-choice]:not(:disabled)")?.click());
for (const button of document.querySelectorAll("[data-anew]")) button.addEventListener("click", () => go("anew"));
addEventListener("click", (event) => {
  if (event.target.closest("a")?.href !== leave.href || !item || mode !== "normal" || wanted) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goes = leave.href;
  go("suspendAll");
});
