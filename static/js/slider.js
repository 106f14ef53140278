// A number that is set with a slider or typed: the line of text is what is sent, and what is left without this script. Until one
// of them is used nothing is answered, although a slider always stands somewhere.

class NumberSlider extends HTMLElement {
  connectedCallback() {
    if (this.range) return;
    this.range = this.querySelector("input[type=range]");
    this.field = this.querySelector("input[type=text]");
    this.querySelector("[data-line]").hidden = false;
    // The exam saves on the change that the slider itself tells of.
    this.range.addEventListener("input", () => { this.field.value = this.range.value; this.show(); });
    this.field.addEventListener("input", () => this.show());
    // What an exam kept on this device is written into the line.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.show();
  }

  /** Set the slider to what stands in the line, and say where it stands. */
  show() {
    const typed = this.field.value.trim().replace(",", ".");
    const isOpen = typed === "" || !Number.isFinite(Number(typed));
    if (!isOpen) this.range.value = typed;
    this.range.toggleAttribute("data-open", isOpen);
    this.range.setAttribute("aria-valuetext", isOpen ? this.dataset.open : this.range.value);
  }
}

if (!customElements.get("number-slider")) customElements.define("number-slider", NumberSlider);
