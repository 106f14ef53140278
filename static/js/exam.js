// An exam: saves each answer as it is given, keeps what could not be sent on this device, and shows the server's clock.
// Without it every button of the page saves too; only an exam's pages load it.

import { post as send } from "./shared/posting.js";

const TYPING_MS = 700;
const RETRY_MS = 4_000;
// Statuses with which the same may be taken later: too slow, too many, signed in anew meanwhile.
const LATER = [401, 408, 429];
const NEAR_SECONDS = 300;
const LAST_SECONDS = 60;

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

// Not crypto.randomUUID: it is missing on a plain http address that is not this machine's own.
const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** What waits to be sent, by slot, on this device: {slot: {key, url, fields, order}}. A full or forbidden storage leaves it to memory. */
class Outbox {
  constructor(attempt) {
    this.name = `guildhall.exam.${attempt}`;
    try { this.waiting = JSON.parse(localStorage.getItem(this.name) ?? "{}"); } catch { this.waiting = {}; }
  }
  keep() {
    try {
      if (this.isEmpty) localStorage.removeItem(this.name);
      else localStorage.setItem(this.name, JSON.stringify(this.waiting));
    } catch { /* it is still in memory, and the page says that it is not saved yet */ }
  }
  put(slot, entry) { this.waiting[slot] = entry; this.keep(); }
  drop(slot, key) { if (this.waiting[slot]?.key === key) delete this.waiting[slot]; this.keep(); }
  get first() { return Object.entries(this.waiting).sort(([, a], [, b]) => a.order - b.order)[0]; }
  get isEmpty() { return Object.keys(this.waiting).length === 0; }
}

/** Whether a field says something else than the server wrote into the page. */
const isChanged = (field) => {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.type === "text") return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
};

const begin = (form) => {
  const outbox = new Outbox(form.dataset.exam);
  const typing = new Map();
  let sending = null;
  let retry = 0;
  let refusals = 0;
  const numbered = JSON.parse(form.dataset.words);

  const say = (state, words) => {
    for (const line of $$("[data-status] [data-when]")) {
      const shown = line.dataset.when === state;
      line.hidden = !shown;
      if (shown && words) $(".say > span", line).textContent = words;
    }
  };

  const show = (slot, { answered, flagged }) => {
    const link = $$(".numbers a").find((one) => one.textContent.trim() === String(slot));
    if (!link) return;
    if (answered !== undefined) link.toggleAttribute("data-answered", answered);
    if (flagged !== undefined) {
      $(".icon", link)?.remove();
      if (flagged) link.append($(".chip[name=flag] .icon").cloneNode(true));
      link.toggleAttribute("data-flagged", flagged);
    }
    const parts = [numbered.question.replace("#", slot), link.hasAttribute("data-answered") ? numbered.answered : numbered.open];
    if ($(".icon", link)) parts.push(numbered.flagged);
    link.setAttribute("aria-label", parts.join(", "));
    const links = $$(".numbers a");
    const numbers = (test) => links.filter(test).map((one) => one.textContent.trim()).join(", ");
    const lists = { open: numbers((one) => !one.hasAttribute("data-answered")), flagged: numbers((one) => $(".icon", one)) };
    for (const [name, text] of Object.entries(lists)) {
      for (const line of $$(`[data-list=${name}]`)) { line.hidden = !text; $("[data-numbers]", line).textContent = text; }
    }
    for (const line of $$("[data-list=none-open]")) line.hidden = lists.open !== "";
    $("[data-answered-count]").textContent = links.filter((one) => one.hasAttribute("data-answered")).length;
  };

  const fieldsOf = (box) => [...new FormData(form)].filter(([name]) => name === box.id || name.startsWith(`${box.id}-`));

  const take = (box) => {
    clearTimeout(typing.get(box));
    typing.delete(box);
    outbox.put(box.dataset.slot, { key: newKey(), url: form.action, fields: fieldsOf(box), order: Date.now() });
    return flush();
  };

  const post = async (url, fields) => {
    const answer = await send(url, new URLSearchParams(fields), { keepalive: true, redirect: "error" });
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    return { status: answer.status, lost: answer.lost, told };
  };

  /** Say at its question why an answer was not taken, or where that is not on the page, with its number; "" takes it back. */
  const refuse = (slot, words) => {
    const line = $(`#q${slot} [data-refused]`) ?? $("[data-refused-elsewhere]");
    if (words) refusals += 1;
    else if (line.dataset.slot !== slot) return;
    line.dataset.slot = slot;
    line.hidden = !words;
    $("[data-said]", line).textContent = words && line.closest("[data-slot]") ? words : words && `${numbered.question.replace("#", slot)}: ${words}`;
    for (const field of $$(`#q${slot}  .field-input`)) field.setAttribute("aria-invalid", String(words !== ""));
  };

  const sendAll = async () => {
    while (!outbox.isEmpty) {
      const [slot, entry] = outbox.first;
      say("sending");
      let status = 0;
      let told = {};
      let lost = "";
      try { ({ status, told, lost } = await post(entry.url, [["slot", slot], ["key", entry.key], ...entry.fields])); } catch { status = 0; }
      if (status === 200) {
        outbox.drop(slot, entry.key);
        refuse(slot, "");
        if (told.answered !== null) show(slot, { answered: told.answered });
        const remark = $(`#q${slot} [data-remark]`);
        if (remark) { remark.textContent = told.remark; remark.hidden = !told.remark; }
        say("saved", told.saved);
      } else if (told.url) {
        // The attempt is over: nothing of it is taken any more.
        outbox.drop(slot, entry.key);
        say("refused", told.detail);
        location.assign(told.url);
        return false;
      } else if (!lost && status >= 400 && status < 500 && !LATER.includes(status)) {
        // The server has judged this answer and will not judge otherwise: say so at its question, and go on with the others.
        const own = (told.errors ?? []).filter(({ field }) => field === `q${slot}` || field.startsWith(`q${slot}-`));
        say("refused", form.dataset.unsaved);
        refuse(slot, own.map(({ detail }) => detail).join(" ") || told.detail || form.dataset.unsaved);
        outbox.drop(slot, entry.key);
      } else {
        if (lost) say("asleep", lost);
        else say("waiting");
        clearTimeout(retry);
        retry = setTimeout(flush, RETRY_MS);
        return false;
      }
    }
    return true;
  };

  const flush = () => {
    sending ??= sendAll().finally(() => { sending = null; });
    return sending;
  };

  const settle = async () => {
    for (const box of [...typing.keys()]) take(box);
    // What was given while the last lot was under way goes in the next.
    while (!outbox.isEmpty) if (!(await flush())) return false;
    return true;
  };

  const leave = async (url) => {
    const before = refusals;
    if (!(await settle()) || refusals > before) return;
    if (!navigator.onLine) { say("waiting"); return; }
    location.assign(url);
  };

  const finish = async () => {
    const before = refusals;
    await settle();
    if (refusals > before) return;
    $("#finish").showModal();
  };

  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-slot]");
    if (box) take(box);
  });
  form.addEventListener("input", (event) => {
    if (!event.target.matches("input[type=text]")) return;
    const box = event.target.closest("[data-slot]");
    clearTimeout(typing.get(box));
    typing.set(box, setTimeout(() => take(box), TYPING_MS));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button?.name === "flag") {
      const [slot, word] = button.value.split(":");
      const flagged = word === "on";
      post(form.action, [["slot", ""], ["flag", button.value]]).then(({ status, lost }) => {
        if (lost) say("asleep", lost);
        if (status !== 200) return;
        button.setAttribute("aria-pressed", String(flagged));
        button.value = `${slot}:${flagged ? "off" : "on"}`;
        show(slot, { flagged });
      }, () => say("waiting"));
    } else if (button?.value === "check" || !button) finish();
    else leave(form.dataset.question.replace(/\d+$/, button.value));
  });
  for (const link of $$(".numbers a")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || new URL(link.href).hash) return;
      event.preventDefault();
      leave(link.href);
    });
  }
  for (const back of ["online", "focus"]) addEventListener(back, () => { if (!outbox.isEmpty) flush(); });
  addEventListener("pagehide", () => { for (const box of [...typing.keys()]) take(box); });
  addEventListener("beforeunload", (event) => { if (!outbox.isEmpty && !sending) event.preventDefault(); });

  // Given before this script was there to hear it, on a slow network: it counts as given.
  for (const box of $$("[data-slot]", form)) if ($$("input:not([type=hidden]), select", box).some(isChanged)) take(box);

  // Given before, perhaps in a page that was closed without a network: show it again, and send it.
  for (const [slot, entry] of Object.entries(outbox.waiting)) {
    const box = $(`#q${slot}`);
    if (!box) continue;
    for (const field of $$("input:not([type=hidden]), select", box)) {
      const values = entry.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
  }
  if (!outbox.isEmpty) flush();
  return { settle };
};

/** Count down by this device's steady clock from what the server said; the server alone decides when it is over. */
const countDown = (timer, atEnd) => {
  const end = performance.now() + 1000 * Number(timer.dataset.left);
  const said = $("[data-time-said]");
  let before = Infinity;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (left !== before) {
      timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left <= NEAR_SECONDS) timer.closest(".say").dataset.state = "expired";
      if (said && before > NEAR_SECONDS && left <= NEAR_SECONDS && before !== Infinity) said.textContent = timer.dataset.near;
      if (said && before > LAST_SECONDS && left <= LAST_SECONDS && before !== Infinity) said.textContent = timer.dataset.last;
      before = left;
    }
    if (left > 0) setTimeout(tick, 250);
    else atEnd();
  };
  tick();
};

const paper = $("form[data-exam]");
const exam = paper ? begin(paper) : null;
const end = async () => {
  if (exam) await exam.settle();
  $("form[action$='/finish']")?.requestSubmit();
};
const timer = $(".timer[data-left]");
if (timer) countDown(timer, end);
$("[data-presses-itself]")?.click();
