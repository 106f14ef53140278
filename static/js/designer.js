// The designer of certificates: the sheet follows what is typed. The server sets and paints it; without this, saving the draft shows it.
import { post } from "./shared/posting.js";

const PAUSE_MS = 500;
const form = document.getElementById("design-form");
const sheet = document.querySelector("[data-sheet]");
const line = document.querySelector("[data-sheet-said]");

if (form?.dataset.look && sheet) {
  let asking = null;
  let timer = 0;

  const read = (blob) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(blob);
  });

  const look = async () => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    sheet.toggleAttribute("data-waits", true);
    try {
      const answer = await post(form.dataset.look, new FormData(form), { signal: mine.signal, headers: { Accept: "application/json" } });
      if (answer.headers.get("Content-Type") === "image/png") {
        const painted = await read(await answer.blob());
        if (mine.signal.aborted) return;
        sheet.src = painted;
        line.textContent = line.dataset.told;
      } else {
        // What is wrong with it, in the server's words.
        const told = await answer.json();
        line.textContent = told.wrong ?? told.detail;
      }
    } catch {
      // Overtaken by the next one, or nobody answers: the sheet stays as it was.
    } finally {
      if (!mine.signal.aborted) sheet.toggleAttribute("data-waits", false);
    }
  };

  // Also for its fields that stand beside the sheet.
  const soon = ({ target }) => {
    if (target.form !== form) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  };
  document.addEventListener("input", soon);
  document.addEventListener("change", soon);
}
