// An essay: how many words there are stands below it, and how many are missing or too many; it is said once the typing rests.
// Too many are kept, as the server keeps them.

const PAUSE_MS = 2_000;
// As lms/quizzes/kinds/essay counts: signs of Chinese and Japanese by themselves, everything else by what white space parts.
const BY_ITSELF = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{3ffff}]/gu;
const WORD = /[\p{L}\p{N}]/u;

const wordsIn = (text) => text.split(/\s+/u).reduce((count, piece) => count + (piece.match(BY_ITSELF)?.length ?? 0) + Number(WORD.test(piece.replace(BY_ITSELF, ""))), 0);

class CountedWords extends HTMLElement {
  connectedCallback() {
    if (this.field) return;
    this.field = this.querySelector("textarea");
    this.shown = this.querySelector("[data-count]");
    this.said = this.querySelector("[data-said]");
    this.shown.hidden = false;
    this.field.addEventListener("input", () => this.show(true));
    // What an exam kept on this device is written into the field.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show(false));
    this.show(false);
  }

  disconnectedCallback() { clearTimeout(this.timer); }

  show(aloud) {
    const count = wordsIn(this.field.value);
    const { least, most, words, short, over } = this.dataset;
    const write = (pattern, number) => pattern.replace("#", number.toLocaleString(document.documentElement.lang || undefined));
    const told = [write(words, count)];
    if (least && count < least) told.push(write(short, least - count));
    if (most && count > most) told.push(write(over, count - most));
    this.shown.textContent = told.join(" · ");
    this.shown.toggleAttribute("data-over", Boolean(most) && count > most);
    clearTimeout(this.timer);
    if (aloud) this.timer = setTimeout(() => { this.said.textContent = told.join(". "); }, PAUSE_MS);
  }
}

if (!customElements.get("counted-words")) customElements.define("counted-words", CountedWords);
