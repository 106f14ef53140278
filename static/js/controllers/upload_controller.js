// A form that brings a large file says how much of it has gone, and can be stopped. Without this it is sent all the same.
import { upload } from "../shared/posting.js";
import { size } from "../shared/sizes.js";
import { on } from "./on.js";

// Bytes from which on somebody would wonder.
const large = 2_000_000;
// A voice reads the words again each time they change: so often, in milliseconds.
const pace = 3_000;

const bytesOf = (form) => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);

const show = (form) => {
  const place = form.querySelector("[data-sending]");
  const [bar, words] = [place.querySelector("progress"), place.querySelector("[role=status]")];
  let said = 0;
  place.hidden = false;
  delete place.dataset.state;
  return {
    gone: (sent, all) => {
      bar.max = all;
      bar.value = sent;
      if (sent < all && Date.now() - said < pace) return;
      said = Date.now();
      words.textContent = sent < all ? place.dataset.said.replace("{sent}", size(sent)).replace("{all}", size(all)) : place.dataset.looking;
      if (sent >= all) bar.removeAttribute("value");
    },
    failed: (why) => {
      bar.hidden = true;
      place.dataset.state = "danger";
      words.textContent = why || place.dataset.cut;
    },
    begin: () => { bar.hidden = false; },
  };
};

/** Put an answer that is a page in the place of this one, at its complaint. */
const take = (page) => {
  const main = page.querySelector("main");
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.title = page.title;
  (main.querySelector("[autofocus], .banner, h1") ?? main).scrollIntoView();
  main.tabIndex = -1;
  main.focus();
};

const send = async (form, submitter) => {
  const shown = show(form);
  const stop = new AbortController();
  const stopping = () => stop.abort();
  form.querySelector("[data-stop]").addEventListener("click", stopping, { once: true });
  shown.begin();
  try {
    const answer = await upload(form.action, new FormData(form, submitter), shown.gone, stop.signal);
    if (answer.lost) return shown.failed(answer.lost);
    if (answer.headers.get("Content-Type")?.includes("json")) {
      const told = await answer.json();
      if (told.location) return location.assign(told.location);
      return shown.failed(told.errors?.[0]?.detail ?? told.detail);
    }
    return take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    if (stop.signal.aborted) form.querySelector("[data-sending]").hidden = true;
    else shown.failed("");
  } finally {
    form.querySelector("[data-stop]")?.removeEventListener("click", stopping);
  }
};

on("submit", "form[data-once][enctype='multipart/form-data']", async (form, event) => {
  if (form.dataset.sending !== undefined) { event.preventDefault(); return; }
  if (event.defaultPrevented || !form.querySelector("[data-sending]") || bytesOf(form) < large) return;
  event.preventDefault();
  form.dataset.sending = "";
  await send(form, event.submitter);
  delete form.dataset.sending;
  if (form.isConnected) form.dispatchEvent(new CustomEvent("sent", { bubbles: true }));
});
