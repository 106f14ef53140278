// An exam: saves each answer as it is given, keeps what could not be sent on this device, and shows the server's clock.
// Without it every button of the page saves too; only an exam's pages load it.

import { LATER, leadOn } from "./shared/leading.js";
import { newKey } from "./shared/naming.js";
import { post as send } from "./shared/posting.js";

const TYPING_MS = 700;
const AFTER_MOST = 20;
const RETRY_MS = 4_000;
const NEAR_SECONDS = 300;
const LAST_SECONDS = 60;
const FIELDS = "input:not([type=hidden]), select, textarea";

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

/** What waits to be sent, by slot, on this device: {slot: {key, url, fields, order}}, with `check` where an answer is to be checked. A full or forbidden storage leaves it to memory. */
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
  put(slot, entry) {
    // What this page gave before and heard nothing of may have been saved all the same: it is not somebody else's later answer.
    const before = this.waiting[slot];
    const after = before ? [...(before.after ?? []), before.key].slice(-AFTER_MOST) : [];
    this.waiting[slot] = { ...entry, after };
    this.keep();
  }
  drop(slot, key) { if (this.waiting[slot]?.key === key) delete this.waiting[slot]; this.keep(); }
  get first() { return Object.entries(this.waiting).sort(([, a], [, b]) => a.order - b.order)[0]; }
  get isEmpty() { return Object.keys(this.waiting).length === 0; }
}

/** What this device says of when an answer was given: by its clock, as is when it is sent. Clocks are wrong, but the time between is right. */
const timesOf = ({ order, after = [] }) => [["given_at", order], ["sent_at", Date.now()], ...after.map((key) => ["after", key])];

/** Send what was left of an attempt that is over, from a page that asks nothing any more: the server keeps what was given in time for a person. */
const sendLate = async (attempt) => {
  const outbox = new Outbox(attempt);
  while (!outbox.isEmpty) {
    const [slot, entry] = outbox.first;
    let answer = null;
    try { answer = await send(entry.url, new URLSearchParams([["slot", slot], ["key", entry.key], ...timesOf(entry), ...entry.fields])); } catch { return; }
    if (answer.lost || answer.status >= 500 || LATER.includes(answer.status)) return;
    outbox.drop(slot, entry.key);
  }
};

/** Whether a field says something else than the server wrote into the page. */
const isChanged = (field) => {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if ("defaultValue" in field) return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
};

const begin = (form) => {
  const outbox = new Outbox(form.dataset.exam);
  const typing = new Map();
  let sending = null;
  let retry = 0;
  let refusals = 0;
  let leaving = false;
  let over = "";
  const numbered = JSON.parse(form.dataset.words);

  const say = (state, words) => {
    for (const line of $$("[data-status] [data-when]")) {
      const shown = line.dataset.when === state;
      line.hidden = !shown;
      if (shown && words) $(".say > span", line).textContent = words;
    }
    if (state === "saved") stay(false);
  };

  /** Say why a button leads to no other question now, or say so no more. */
  const stay = (isStuck) => { $("[data-stuck]").hidden = !isStuck; };

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
    // What is on its way to be checked stays as it is until the server has told.
    if (outbox.waiting[box.dataset.slot]?.check) return flush();
    outbox.put(box.dataset.slot, { key: newKey(), url: form.action, fields: fieldsOf(box), order: Date.now() });
    return flush();
  };

  const check = (box, button) => {
    clearTimeout(typing.get(box));
    typing.delete(box);
    // The button names the click: sent again, it is the same one.
    const key = button.value.split(":")[2];
    outbox.put(box.dataset.slot, { key, url: form.action, fields: fieldsOf(box), check: button.value, order: Date.now() });
    hold(box, true);
    return flush();
  };

  const hold = (box, held) => {
    const button = $("button[name=check]", box);
    if (!button) return;
    $("fieldset", box).disabled = held;
    button.setAttribute("aria-disabled", String(held));
    button.toggleAttribute("aria-busy", held);
  };

  /** Put the question that was checked in its place, as it stands now; whoever checked it reads on there. */
  const replace = (slot, html) => {
    const box = $(`#q${slot}`);
    if (!box) return;
    const isHere = box.contains(document.activeElement) || document.activeElement === document.body;
    box.replaceWith(document.adoptNode($(".question", new DOMParser().parseFromString(html, "text/html"))));
    if (isHere) $(`#q${slot} [data-told]`)?.focus();
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
      try { ({ status, told, lost } = await post(entry.url, [["slot", slot], ["key", entry.key], ...timesOf(entry), ...(entry.check ? [["check", entry.check]] : []), ...entry.fields])); } catch { status = 0; }
      if (status === 200) {
        // The page that comes may have been written before this was kept: it shows this answer and sends it again, which changes nothing.
        if (leaving) { retry = setTimeout(() => { leaving = false; flush(); }, RETRY_MS); return false; }
        outbox.drop(slot, entry.key);
        refuse(slot, "");
        if (told.answered !== null) show(slot, { answered: told.answered });
        const remark = $(`#q${slot} [data-remark]`);
        if (remark) { remark.textContent = told.remark; remark.hidden = !told.remark; }
        if (told.html) replace(slot, told.html);
        if (told.older) { say("refused", told.older); refuse(slot, told.older); } else if (outbox.isEmpty) say("saved", told.saved);
      } else if (told.url) {
        // The attempt is over: nothing of it is taken any more. What was given in time the server keeps for a person, so the others are sent too.
        outbox.drop(slot, entry.key);
        say("refused", told.detail);
        over = told.url;
      } else if (!lost && status >= 400 && status < 500 && !LATER.includes(status)) {
        // The server has judged this answer and will not judge otherwise: say so at its question, and go on with the others.
        const own = (told.errors ?? []).filter(({ field }) => field === `q${slot}` || field.startsWith(`q${slot}-`));
        say("refused", form.dataset.unsaved);
        refuse(slot, own.map(({ detail }) => detail).join(" ") || told.detail || form.dataset.unsaved);
        outbox.drop(slot, entry.key);
        if (entry.check && $(`#q${slot}`)) hold($(`#q${slot}`), false);
      } else {
        if (lost) say("asleep", lost);
        else say("waiting");
        clearTimeout(retry);
        retry = setTimeout(flush, RETRY_MS);
        return false;
      }
    }
    if (over) { location.assign(over); return false; }
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
    const isSettled = await settle();
    if (over || refusals > before) return;
    if (!isSettled || !navigator.onLine) { stay(true); return; }
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
    if (!event.target.matches("input[type=text], textarea")) return;
    const box = event.target.closest("[data-slot]");
    clearTimeout(typing.get(box));
    typing.set(box, setTimeout(() => take(box), TYPING_MS));
  });
  // What a field of a question sends by itself, such as a file.
  form.addEventListener("answered", ({ detail }) => { show(detail.slot, detail); say("saved", detail.saved); });
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
    } else if (button?.name === "check") {
      const box = button.closest("[data-slot]");
      if (button.getAttribute("aria-disabled") !== "true") check(box, button);
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
  addEventListener("online", () => stay(false));
  for (const back of ["online", "focus"]) addEventListener(back, () => { if (!outbox.isEmpty) flush(); });
  addEventListener("pagehide", () => { for (const box of [...typing.keys()]) take(box); });
  addEventListener("beforeunload", (event) => {
    leaving = !outbox.isEmpty;
    if (leaving && !sending) event.preventDefault();
  });

  // Given before this script was there to hear it, on a slow network: it counts as given.
  for (const box of $$("[data-slot]", form)) if ($$(FIELDS, box).some(isChanged) && !$("fieldset", box).disabled) take(box);

  // Given before, perhaps in a page that was closed without a network: show it again, and send it.
  for (const [slot, entry] of Object.entries(outbox.waiting)) {
    const box = $(`#q${slot}`);
    if (!box || $("fieldset", box).disabled) continue;
    for (const field of $$(FIELDS, box)) {
      const values = entry.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
    // For fields that show themselves otherwise, such as things that are moved.
    box.dispatchEvent(new Event("restored"));
    if (entry.check) hold(box, true);
  }
  if (!outbox.isEmpty) flush();
  return { settle, isOver: () => over !== "" };
};

/** Tell the server when this page was left for another, once it is back; what cannot be sent waits on this device. Where a page leads on to another nothing was left. */
const watchAway = (url, attempt) => {
  const name = `guildhall.exam.${attempt}.away`;
  let left = 0;
  let waiting = [];
  let sending = false;
  try { waiting = JSON.parse(localStorage.getItem(name) ?? "[]"); } catch { /* it waits in memory */ }
  const keep = () => { try { if (waiting.length) localStorage.setItem(name, JSON.stringify(waiting)); else localStorage.removeItem(name); } catch { /* as above */ } };
  const flush = async () => {
    if (sending) return;
    sending = true;
    while (waiting.length) {
      const [one] = waiting;
      let answer = null;
      try { answer = await send(url, new URLSearchParams({ ...one, sent_at: Date.now() }), { keepalive: true }); } catch { break; }
      if (answer.lost || answer.status >= 500 || LATER.includes(answer.status)) break;
      waiting.shift();
      keep();
    }
    sending = false;
  };
  const leave = () => { left ||= Date.now(); };
  const back = () => {
    if (!left || document.visibilityState === "hidden") return;
    waiting.push({ key: newKey(), left_at: left, back_at: Date.now() });
    left = 0;
    keep();
    flush();
  };
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); else back(); });
  addEventListener("blur", leave);
  addEventListener("focus", back);
  addEventListener("online", flush);
  flush();
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
if (paper?.dataset.away) watchAway(paper.dataset.away, paper.dataset.exam);
const ending = $("form[action$='/finish'], form[action$='/close']");
const noLine = $("#no-line");
const handing = { isWanted: false, isByTime: false, isUnderWay: false, again: 0 };
/** Send what waits, then hand in and lead on; without a network the page stays, says so, and tries by itself until the server answers. */
const handIn = async () => {
  clearTimeout(handing.again);
  if (handing.isUnderWay || !handing.isWanted) return;
  handing.isUnderWay = true;
  const said = !exam || (await exam.settle()) ? await leadOn(ending) : null;
  handing.isUnderWay = false;
  if (exam?.isOver()) return;
  if (said === "" || !handing.isWanted) return;
  for (const line of $$("[data-why]", noLine)) line.hidden = line.dataset.why !== (said ? "lost" : handing.isByTime ? "time" : "pressed");
  if (said) $("[data-why=lost]", noLine).textContent = said;
  for (const foot of $$(".dialog-foot", noLine)) foot.hidden = handing.isByTime;
  if (!noLine.open) {
    ending.closest("dialog")?.close();
    noLine.showModal();
  }
  handing.again = setTimeout(handIn, RETRY_MS);
};
const end = () => {
  if (!ending) return;
  handing.isWanted = handing.isByTime = true;
  handIn();
};
ending?.addEventListener("submit", (event) => {
  event.preventDefault();
  handing.isWanted = true;
  handIn();
});
// Whoever would rather go on does; but not against the clock.
noLine?.addEventListener("close", () => {
  ending.dispatchEvent(new CustomEvent("sent", { bubbles: true }));
  handing.isWanted = handing.isByTime;
});
addEventListener("online", handIn);
const late = $("[data-exam-over]");
if (late) { sendLate(late.dataset.examOver); addEventListener("online", () => sendLate(late.dataset.examOver)); }
const timer = $(".timer[data-left]");
if (timer) countDown(timer, end);
$("[data-presses-itself]")?.click();
