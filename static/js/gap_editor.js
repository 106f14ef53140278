// The author's text with gaps: a button makes a gap of the words that are selected in the text, or where the cursor stands. The server
// then sends the fields of the new gap, as it does for a mark that was typed.

const form = document.querySelector("form[data-draft]");
const text = document.getElementById("stem");
const MARK = /\[\[(\d+)\]\]/g;
let place = null;

const changed = () => text.dispatchEvent(new Event("input", { bubbles: true }));

const add = () => {
  const taken = [...text.value.matchAll(MARK)].map((mark) => Number(mark[1]));
  for (const gap of document.querySelectorAll(".gap-edit")) taken.push(Number(gap.id.split("-").at(-1)));
  const number = Math.max(0, ...taken) + 1;
  const [start, end] = place ?? [text.value.length, text.value.length];
  const words = text.value.slice(start, end);
  const room = start === end && start > 0 && !/\s$/.test(text.value.slice(0, start)) ? " " : "";
  text.setRangeText(`${room}[[${number}]]`, start, end, "end");
  place = [text.selectionEnd, text.selectionEnd];
  if (words.trim()) {
    // What was missing from the text is what fills the gap: sent along once, the server's fields hold it from then on.
    const right = Object.assign(document.createElement("input"), { type: "hidden", name: `gap-${number}-answer-0-pattern`, value: words.trim() });
    document.querySelector("[data-answers]").append(right);
  }
  text.focus();
  changed();
};

if (form && text) {
  for (const name of ["select", "keyup", "pointerup", "blur", "input"]) {
    text.addEventListener(name, () => { place = [text.selectionStart, text.selectionEnd]; });
  }
  document.addEventListener("click", (event) => {
    const deed = event.target.closest?.("button[data-act]")?.value ?? "";
    if (deed === "add:gap") {
      event.preventDefault();
      event.stopImmediatePropagation();
      add();
    } else if (deed.startsWith("remove:gap:")) {
      text.value = text.value.replaceAll(`[[${deed.split(":").at(-1)}]]`, "");
    }
  }, { capture: true });
}
