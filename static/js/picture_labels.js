// Labels that are put onto a picture: dragged, or clicked and then the place is. The lists below are what is sent and what is left without this
// script; who uses keys or a screen reader picks from them.

const DRAG_FROM = 6;

class PictureLabels extends HTMLElement {
  connectedCallback() {
    if (this.lists) return;
    this.lists = [...this.querySelectorAll("[data-slot-of]")];
    this.labels = [...this.querySelectorAll("[data-label]")];
    this.picked = "";
    this.querySelector("[data-bank]").hidden = false;
    for (const put of this.querySelectorAll("[data-put]")) {
      put.style.left = `${put.dataset.x}%`;
      put.style.top = `${put.dataset.y}%`;
    }
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("pointerdown", (event) => this.grip(event));
    this.addEventListener("change", () => this.show());
    for (const name of ["focusin", "focusout"]) this.addEventListener(name, (event) => {
      const key = event.target.dataset?.slotOf;
      if (key) this.place(key)?.toggleAttribute("data-focused", name === "focusin");
    });
    // What an exam kept on this device is written into the lists.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.show();
  }

  place(key) { return this.querySelector(`[data-place="${CSS.escape(key)}"]`); }

  slots(key) { return this.lists.filter((one) => one.dataset.slotOf === key); }

  get isHeld() { return this.lists[0]?.matches(":disabled") ?? true; }

  /** Show on each place what its lists say, and which labels are used up. */
  show() {
    const used = new Set(this.lists.map((one) => one.value).filter(Boolean));
    for (const put of this.querySelectorAll("[data-put]")) {
      const values = this.slots(put.dataset.put).map((one) => one.value).filter(Boolean);
      const looks = values.map((value) => this.labels.find((one) => one.dataset.label === value)).filter(Boolean);
      put.replaceChildren(...looks.map((label) => {
        const copy = label.cloneNode(true);
        for (const name of ["data-picked", "data-used"]) copy.removeAttribute(name);
        copy.dataset.from = put.dataset.put;
        return copy;
      }));
      put.hidden = looks.length === 0;
      this.place(put.dataset.put)?.toggleAttribute("data-chosen", looks.length > 0);
      this.querySelector(`[data-sign="${CSS.escape(put.dataset.put)}"]`)?.toggleAttribute("data-covered", looks.length > 0);
    }
    for (const label of this.labels) {
      label.toggleAttribute("data-used", used.has(label.dataset.label) && !this.hasAttribute("data-reuse"));
      label.toggleAttribute("data-picked", label.dataset.label === this.picked);
    }
  }

  /** Put a label into a place: into a list of it that is empty, else instead of the last. */
  put(key, label) {
    const changed = [];
    const set = (list, value) => { if (list.value !== value) { list.value = value; changed.push(list); } };
    if (!this.hasAttribute("data-reuse")) for (const list of this.lists) if (list.value === label) set(list, "");
    const slots = this.slots(key);
    set(slots.find((one) => !one.value) ?? slots.at(-1), label);
    this.picked = "";
    this.show();
    changed.at(-1)?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  take(key, label) {
    const list = this.slots(key).findLast((one) => one.value === label);
    if (!list) return;
    list.value = "";
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  click(event) {
    if (this.dragged || this.isHeld) { this.dragged = false; return; }
    const label = event.target.closest("[data-label]");
    const place = event.target.closest("[data-place]");
    if (label?.dataset.from) {
      if (this.picked) this.put(label.dataset.from, this.picked);
      else this.take(label.dataset.from, label.dataset.label);
    } else if (label && !label.hasAttribute("data-used")) {
      this.picked = this.picked === label.dataset.label ? "" : label.dataset.label;
      this.show();
    } else if (place && this.picked) this.put(place.dataset.place, this.picked);
  }

  grip(event) {
    const from = event.target.closest("[data-label]:not([data-used])");
    if (!from || event.button !== 0 || this.isHeld) return;
    event.preventDefault();
    this.dragged = false;
    const { pointerId, clientX, clientY } = event;
    let ghost = null;
    let over = null;
    const move = (moved) => {
      if (moved.pointerId !== pointerId) return;
      if (!ghost && Math.hypot(moved.clientX - clientX, moved.clientY - clientY) < DRAG_FROM) return;
      if (!ghost) {
        ghost = from.cloneNode(true);
        ghost.classList.add("picture-ghost");
        document.body.append(ghost);
      }
      ghost.style.transform = `translate(${moved.clientX - ghost.offsetWidth / 2}px, ${moved.clientY - ghost.offsetHeight / 2}px)`;
      const under = document.elementsFromPoint(moved.clientX, moved.clientY).find((one) => this.contains(one) && one.closest("[data-place], [data-from]"));
      const key = under?.closest("[data-place]")?.dataset.place ?? under?.closest("[data-from]")?.dataset.from;
      if (over) this.place(over)?.removeAttribute("data-current");
      over = key ?? null;
      if (over) this.place(over)?.setAttribute("data-current", "");
    };
    const end = (ended) => {
      if (ended.pointerId !== pointerId) return;
      document.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, end);
      ghost?.remove();
      if (over) this.place(over)?.removeAttribute("data-current");
      if (!ghost || ended.type === "pointercancel") return;
      // The click that a browser makes of it would pick the label up again; where it makes none, the next one counts.
      this.dragged = true;
      setTimeout(() => { this.dragged = false; });
      if (over === from.dataset.from) return;
      const label = from.dataset.label;
      if (from.dataset.from) this.take(from.dataset.from, label);
      if (over) this.put(over, label);
    };
    document.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end);
  }
}

if (!customElements.get("picture-labels")) customElements.define("picture-labels", PictureLabels);
