// A picture with places: a click on one ticks its box in the list, which is what is sent and what is left without this script.

class HotSpots extends HTMLElement {
  connectedCallback() {
    if (this.boxes) return;
    this.boxes = [...this.querySelectorAll("input[type=checkbox]")];
    this.addEventListener("click", (event) => {
      const box = this.box(event.target.closest("[data-place]"));
      if (!box) return;
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.addEventListener("change", () => this.show());
    for (const name of ["focusin", "focusout"]) this.addEventListener(name, (event) => this.place(event.target)?.toggleAttribute("data-focused", name === "focusin"));
    // What an exam kept on this device is ticked in the list.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.show();
  }

  box(place) { return place && this.boxes.find((one) => one.value === place.dataset.place); }

  place(box) { return this.boxes.includes(box) ? this.querySelector(`[data-place="${CSS.escape(box.value)}"]`) : null; }

  show() { for (const box of this.boxes) this.place(box)?.toggleAttribute("data-chosen", box.checked); }
}

if (!customElements.get("hot-spots")) customElements.define("hot-spots", HotSpots);
