// An open answer: how many characters are left stands below it, and is said once the typing rests. Too many are shown, not cut off:
// what is pasted would else be lost without a word. The server takes no more than the limit.

const PAUSE_MS = 1_000;

class CountedText extends HTMLElement {
  connectedCallback() {
    if (this.field) return;
    this.field = this.querySelector("textarea");
    this.shown = this.querySelector("[data-count]");
    this.said = this.querySelector("[data-said]");
    this.field.removeAttribute("maxlength");
    this.shown.hidden = false;
    this.field.addEventListener("input", () => this.show(true));
    // What an exam kept on this device is written into the field.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show(false));
    this.show(false);
  }

  disconnectedCallback() { clearTimeout(this.timer); }

  /** Show what is left; whole characters are counted, as the server does, not the halves that a browser counts. */
  show(aloud) {
    const left = Number(this.dataset.most) - [...this.field.value].length;
    const words = (left < 0 ? this.dataset.over : this.dataset.left).replace("#", Math.abs(left).toLocaleString(document.documentElement.lang || undefined));
    this.shown.textContent = words;
    this.shown.toggleAttribute("data-over", left < 0);
    this.field.toggleAttribute("data-over", left < 0);
    // A survey is sent as a whole: the browser says what is too long before it goes, and nothing typed is lost.
    if (this.closest("form[data-survey]")) this.field.setCustomValidity(left < 0 ? words : "");
    clearTimeout(this.timer);
    if (aloud) this.timer = setTimeout(() => { this.said.textContent = words; }, PAUSE_MS);
  }
}

if (!customElements.get("counted-text")) customElements.define("counted-text", CountedText);
