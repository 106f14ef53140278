// A question's form: its buttons add and remove rows without a reload, and what is wrong shows while its author types. The server
// renders both, from the same form; without this every button sends the page and works the same.
import { post } from "./shared/posting.js";

const PAUSE_MS = 500;

const $ = (selector, from = document) => from.querySelector(selector);
const form = $("form[data-draft]");

const begin = () => {
  // Only a field that was left, or typed in, is found fault with: not the ones an author has yet to come to.
  const touched = new Set();
  let asking = null;
  let timer = 0;

  const said = $("[data-draft-said]");
  const tell = (words) => { said.textContent = words; };

  /** Add what is answered beside the form: those fields are no part of it, so that Enter in one saves nothing. */
  const answer = (body) => {
    for (const field of document.querySelectorAll("[data-seen] :is(input, select, textarea)[name^=q1]")) {
      if (!["radio", "checkbox"].includes(field.type) || field.checked) body.append(field.name, field.value);
    }
  };

  /** Send the form as if by a button, and return the page that answers. */
  const send = async (deed) => {
    asking?.abort();
    asking = new AbortController();
    const body = new FormData(form);
    body.set("do", deed);
    answer(body);
    const answered = await post(form.action, body, { signal: asking.signal, headers: { Accept: "text/html" } });
    if (!answered.ok || answered.redirected) throw new Error(`question: ${answered.status}`);
    tell("");
    return new DOMParser().parseFromString(await answered.text(), "text/html");
  };

  const showFaults = (page) => {
    for (const line of form.querySelectorAll("[data-fault]")) {
      const name = line.dataset.fault;
      const words = $(`[data-fault="${CSS.escape(name)}"] > span`, page)?.textContent ?? "";
      // A group's fault concerns rows: it shows once one of them was touched.
      const group = line.closest("fieldset");
      const counts = touched.has(name) || (line.nextElementSibling && group && [...touched].some((one) => group.contains(form.elements.namedItem(one))));
      const shown = words !== "" && counts;
      line.hidden = !shown;
      $("span", line).textContent = shown ? words : "";
      const field = document.getElementById(name);
      if (field?.matches(".field-input")) {
        if (shown) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    }
  };
  const showSeen = (page) => { $("[data-seen]").replaceWith(document.adoptNode($("[data-seen]", page))); };

  /** Take over the rows that what was typed called for, such as those of a new gap, and keep what was typed since. */
  const showRows = (page) => {
    const shapes = [document, page].map((from) => $("[data-shape]", from)?.dataset.shape);
    if (shapes[0] === shapes[1]) return;
    const before = $("[data-answers]");
    const after = document.adoptNode($("[data-answers]", page));
    for (const field of before.querySelectorAll("input:not([type=hidden], [type=file]), select, textarea")) {
      const isTick = ["radio", "checkbox"].includes(field.type);
      const same = $(`[name="${CSS.escape(field.name)}"]${isTick ? `[value="${CSS.escape(field.value)}"]` : ""}`, after);
      if (same && isTick) same.checked = field.checked;
      else if (same) same.value = field.value;
    }
    const focused = before.contains(document.activeElement) ? document.activeElement.id : "";
    before.replaceWith(after);
    if (focused) document.getElementById(focused)?.focus();
  };

  /** Take over the files that a text may show, once one came or was refused: the field is empty again then. */
  const showMedia = (page) => {
    const before = $("[data-media]");
    const after = document.importNode($("[data-media]", page), true);
    if (before.dataset.files === after.dataset.files && !$("[name=media-upload]", before).value) {
      const states = [before, after].map((from) => [...from.querySelectorAll(".media-seen .soft")]);
      states[0].forEach((one, number) => { one.textContent = states[1][number].textContent; });
      return;
    }
    const wasHere = before.contains(document.activeElement);
    before.replaceWith(after);
    after.open = true;
    if (wasHere) ($(".media-row:last-child [data-insert]", after) ?? $("[name=media-upload]", after)).focus();
    touched.add("media");
  };

  // Where the cursor was last: a file that is put in goes there, by default into what is asked.
  let typed = $("[name=stem]", form);
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea")) typed = event.target;
  });
  /** Put a file into the text where the cursor was, and stand where words are wanted: what a picture shows, or what comes next. */
  const insert = (button) => {
    if (!typed.isConnected) typed = $("[name=stem]", form);
    const isHtml = form.elements.namedItem(`${typed.name}-format`)?.value === "html";
    const words = isHtml ? button.dataset.insertHtml : button.dataset.insert;
    const [before, after] = [typed.value.slice(0, typed.selectionStart), typed.value.slice(typed.selectionEnd)];
    // A film is a block of its own lines.
    const isBlock = words.startsWith(":::");
    const lead = isBlock && before.trim() ? `${before.trimEnd()}\n\n` : before;
    typed.value = `${lead}${words}${isBlock ? `\n\n${after.trimStart()}` : after}`;
    const place = lead.length + (words.startsWith("![") ? 2 : isHtml && words.startsWith("<img") ? words.length - 2 : words.length + (isBlock ? 2 : 0));
    typed.focus();
    typed.setSelectionRange(place, place);
    typed.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const check = async () => {
    try {
      const page = await send("check");
      showMedia(page);
      showRows(page);
      showFaults(page);
      showSeen(page);
    } catch (error) {
      if (error.name !== "AbortError") tell(said.dataset.failed);
    }
  };

  /** Grade what is answered beside the form by the question as it stands in it; nothing is stored. */
  const tryIt = async () => {
    clearTimeout(timer);
    try {
      showSeen(await send("try"));
      $("[data-tried]")?.focus();
    } catch (error) {
      if (error.name !== "AbortError") tell(said.dataset.failed);
    }
  };

  const change = async (deed, button) => {
    clearTimeout(timer);
    try {
      const page = await send(deed);
      // Hints, what is drawn, and files stand in a fold of their own, which stays open.
      const rows = ["[data-hints]", "[data-chance]", "[data-media]"].find((one) => button.closest(one)) ?? "[data-answers]";
      $(rows).replaceWith(document.adoptNode($(rows, page)));
      showSeen(page);
      const [verb, group] = deed.split(":");
      if (rows === "[data-media]") $(rows).open = true;
      const next = $(`${rows} [autofocus]`) ?? $(`${rows} [data-act][value="${verb === "add" ? deed : `add:${group}`}"], ${rows} [name=${group}-upload]`);
      next?.focus();
    } catch (error) {
      if (error.name === "AbortError") return;
      // Let the browser send the form and show what the server says.
      button.removeAttribute("data-act");
      form.requestSubmit(button);
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("[data-seen] input:not([type=radio], [type=checkbox])")) tryIt();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-seen] [data-try]")) tryIt();
    const inserting = event.target.closest?.("button[data-insert]");
    if (inserting) insert(inserting);
    const button = event.target.closest?.("button[data-act]");
    if (!button || button.form !== form) return;
    event.preventDefault();
    change(button.value, button);
  });
  const touch = (event, wait) => {
    if (!event.target.name || event.target.type === "hidden" || event.target.form !== form) return;
    touched.add(event.target.name);
    clearTimeout(timer);
    timer = setTimeout(check, wait);
  };
  form.addEventListener("input", (event) => touch(event, PAUSE_MS));
  form.addEventListener("change", (event) => touch(event, 0));
  form.addEventListener("submit", () => { clearTimeout(timer); asking?.abort(); });
};

if (form) begin();
