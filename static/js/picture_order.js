// A picture whose places are numbered: each click gives the next free number, or takes it back. The lists below are what is sent and what is
// left without this script.

const SVG = "http://www.w3.org/2000/svg";

class PictureOrder extends HTMLElement {
  connectedCallback() {
    if (this.lists) return;
    this.lists = [...this.querySelectorAll("[data-number]")];
    this.addEventListener("click", (event) => {
      const place = event.target.closest("[data-place]");
      const list = place && this.lists.find((one) => one.dataset.number === place.dataset.place);
      if (!list) return;
      const taken = new Set(this.lists.map((one) => one.value));
      list.value = list.value ? "" : String(this.lists.findIndex((_one, at) => !taken.has(String(at + 1))) + 1);
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.addEventListener("change", () => this.show());
    for (const name of ["focusin", "focusout"]) this.addEventListener(name, (event) => {
      const key = event.target.dataset?.number;
      if (key) this.place(key)?.toggleAttribute("data-focused", name === "focusin");
    });
    // What an exam kept on this device is written into the lists.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.show();
  }

  place(key) { return this.querySelector(`[data-place="${CSS.escape(key)}"]`); }

  /** Show beside the letter of each place the number that it has. */
  show() {
    for (const list of this.lists) {
      this.place(list.dataset.number)?.toggleAttribute("data-chosen", list.value !== "");
      const sign = this.querySelector(`[data-sign="${CSS.escape(list.dataset.number)}"]`);
      sign?.querySelector("[data-badge]")?.remove();
      if (!sign || !list.value) continue;
      const badge = document.createElementNS(SVG, "g");
      badge.dataset.badge = "";
      badge.setAttribute("transform", "translate(15,-13)");
      const [ring, number] = ["circle", "text"].map((name) => document.createElementNS(SVG, name));
      ring.setAttribute("r", "10");
      number.setAttribute("dy", ".35em");
      number.setAttribute("text-anchor", "middle");
      number.textContent = list.value;
      badge.append(ring, number);
      sign.append(badge);
    }
  }
}

if (!customElements.get("picture-order")) customElements.define("picture-order", PictureOrder);
