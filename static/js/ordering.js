// Things that are put in order: moved by buttons, keys or the mouse. Each has a list of places, which is what is sent and what is
// left without this script; here it is kept out of sight and set to the place that the thing stands at.

class OrderList extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.list = this.querySelector("ol");
    this.status = this.querySelector("[data-moved]");
    for (const place of this.querySelectorAll(".order-place")) place.hidden = true;
    for (const part of this.querySelectorAll("[data-grip], [data-acts]")) part.hidden = false;
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (button) this.step(button);
    });
    this.addEventListener("pointerdown", (event) => this.grip(event));
    // What an exam kept on this device is written into the lists of places: stand as they say.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.restore());
    this.show();
  }

  get items() { return [...this.list.children]; }

  place(item) { return item.querySelector("select"); }

  /** Number the things, once they have places, and let nobody move the first up or the last down. */
  show() {
    const items = this.items;
    const placed = items.every((item) => this.place(item).value !== "");
    for (const [at, item] of items.entries()) {
      const number = item.querySelector("[data-number]");
      number.hidden = !placed;
      number.textContent = String(at + 1);
      // Not disabled: a button that is would lose the focus to the page as its thing arrives.
      item.querySelector("[data-move='-1']").setAttribute("aria-disabled", String(at === 0));
      item.querySelector("[data-move='1']").setAttribute("aria-disabled", String(at === items.length - 1));
    }
  }

  restore() {
    const places = new Map(this.items.map((item) => [item, Number(this.place(item).value)]));
    if (new Set(places.values()).size === places.size && !places.has(0)) {
      this.list.append(...this.items.sort((one, other) => places.get(one) - places.get(other)));
    }
    this.show();
  }

  step(button) {
    const item = button.closest("[data-item]");
    const beside = button.dataset.move === "1" ? item.nextElementSibling : item.previousElementSibling;
    if (!beside) return;
    if (button.dataset.move === "1") beside.after(item);
    else beside.before(item);
    button.focus();
    this.settle(item);
  }

  /** Give every thing the place that it stands at, and say where the one stands that was moved. */
  settle(item) {
    for (const [at, one] of this.items.entries()) this.place(one).value = String(at + 1);
    this.show();
    this.status.textContent = this.dataset.said.replace("#", String(this.items.indexOf(item) + 1));
    this.place(item).dispatchEvent(new Event("change", { bubbles: true }));
  }

  grip(event) {
    const handle = event.target.closest("[data-grip]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    const item = handle.closest("[data-item]");
    const before = this.items.indexOf(item);
    item.toggleAttribute("data-moving", true);
    const move = ({ clientY }) => {
      const over = this.items.find((one) => {
        const { top, bottom } = one.getBoundingClientRect();
        return one !== item && clientY >= top && clientY <= bottom;
      });
      if (!over) return;
      const { top, height } = over.getBoundingClientRect();
      // Only past its middle: things of unequal height would else change places for ever.
      if (this.items.indexOf(over) > this.items.indexOf(item)) { if (clientY > top + height / 2) over.after(item); }
      else if (clientY < top + height / 2) over.before(item);
    };
    const end = () => {
      for (const type of ["pointerup", "pointercancel"]) document.removeEventListener(type, end);
      document.removeEventListener("pointermove", move);
      item.removeAttribute("data-moving");
      if (this.items.indexOf(item) !== before) this.settle(item);
    };
    // On the document: what captures the pointer loses it as soon as it changes places.
    document.addEventListener("pointermove", move);
    for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, end);
  }
}

if (!customElements.get("order-list")) customElements.define("order-list", OrderList);
