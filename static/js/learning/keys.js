// Keys of the player, and reading with nothing beside the text. Keys of one letter can be switched off (WCAG 2.1.4): the dialog that lists them says so.
const KEYS_OFF = "guildhall.keys.off";
const FOCUSED = "guildhall.focus";

const player = document.querySelector(".player");
const help = document.querySelector("#keys");
const toggles = document.querySelectorAll("[data-focus-mode]");
const on = document.querySelector("#keys-on");

const kept = (name) => { try { return localStorage.getItem(name) === "yes"; } catch { return false; } };
const keep = (name, yes) => { try { if (yes) localStorage.setItem(name, "yes"); else localStorage.removeItem(name); } catch { /* a private window forgets */ } };

const focus = (yes) => {
  player.toggleAttribute("data-focused", yes);
  for (const toggle of toggles) toggle.setAttribute("aria-pressed", String(yes));
  keep(FOCUSED, yes);
};

const go = (selector) => document.querySelector(selector)?.click();
const outline = () => {
  const list = document.querySelector("#outline");
  if (player.hasAttribute("data-focused")) focus(false);
  if (getComputedStyle(list).position === "fixed" && !list.matches(":popover-open")) list.showPopover();
  (list.querySelector("[aria-current]") ?? list.querySelector("a"))?.focus();
};

const find = () => {
  const field = document.querySelector("[data-inside] input");
  if (!field) return;
  outline();
  field.focus();
  field.select();
};

const acts = {
  n: () => go('.player-foot [rel="next"]'),
  p: () => go('.player-foot [rel="prev"]'),
  o: outline,
  "/": find,
  f: () => focus(!player.hasAttribute("data-focused")),
  "?": () => help.showModal(),
};

const isTyping = (target) => target.isContentEditable || target.closest("input, textarea, select, video, audio, [role=tablist], dialog") !== null;

if (player && help) {
  for (const toggle of toggles) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => focus(!player.hasAttribute("data-focused")));
  }
  for (const button of document.querySelectorAll("[data-keys]")) button.hidden = false;
  focus(kept(FOCUSED));
  on.checked = !kept(KEYS_OFF);
  on.addEventListener("change", () => keep(KEYS_OFF, !on.checked));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    if (event.key === "Escape" && player.hasAttribute("data-focused") && !document.querySelector(":popover-open, dialog[open]")) { focus(false); return; }
    if (!acts[event.key] || !on.checked) return;
    event.preventDefault();
    acts[event.key]();
  });
}
