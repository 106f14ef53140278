// A picture whose places are joined: two that are clicked one after the other tick, or clear, the box of their pair in the list, which is what is
// sent and what is left without this script.

class PicturePairs extends HTMLElement {
  connectedCallback() {
    if (this.boxes) return;
    this.boxes = [...this.querySelectorAll("input[type=checkbox]")];
    this.from = "";
    this.addEventListener("click", (event) => {
      const place = event.target.closest("[data-place]");
      if (place) this.pick(place.dataset.place);
    });
    this.addEventListener("change", () => this.show());
    for (const name of ["focusin", "focusout"]) this.addEventListener(name, (event) => {
      for (const key of this.ends(event.target)) this.place(key)?.toggleAttribute("data-focused", name === "focusin");
    });
    // What an exam kept on this device is ticked in the list.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.show();
  }

  ends(box) { return box.dataset?.ends?.split(" ") ?? []; }

  place(key) { return this.querySelector(`[data-place="${CSS.escape(key)}"]`); }

  pick(key) {
    const from = this.from;
    this.from = from ? "" : key;
    const box = from && from !== key ? this.boxes.find((one) => this.ends(one).includes(from) && this.ends(one).includes(key)) : null;
    if (box && !box.disabled) {
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.show();
  }

  /** Draw the lines of the pairs that are made; once there are as many as may be, no other can be ticked. */
  show() {
    const most = Number(this.dataset.most);
    const isFull = most > 0 && this.boxes.filter((one) => one.checked).length >= most;
    for (const box of this.boxes) {
      box.disabled = isFull && !box.checked;
      this.querySelector(`[data-line="${CSS.escape(box.value)}"]`)?.toggleAttribute("data-chosen", box.checked);
    }
    for (const place of this.querySelectorAll("[data-place]")) place.toggleAttribute("data-chosen", place.dataset.place === this.from);
  }
}

if (!customElements.get("picture-pairs")) customElements.define("picture-pairs", PicturePairs);
