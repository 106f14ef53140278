// Words that are put into the gaps of a text: dragged, or chosen and then the gap is, by mouse, finger or keys. Each gap has a list to
// pick from, which is what is sent and what is left without this script; here it is kept out of sight.

const DRAG_FROM = 6;

class GapWords extends HTMLElement {
  connectedCallback() {
    if (this.words) return;
    this.words = [...this.querySelectorAll("[data-word]")];
    this.drops = [...this.querySelectorAll("[data-drop]")];
    if (this.words.length === 0) return;
    this.said = JSON.parse(this.dataset.said);
    this.picked = "";
    for (const drop of this.drops) { drop.hidden = false; this.list(drop).hidden = true; }
    this.querySelector("[data-bank]").hidden = false;
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.picked) this.pick(""); });
    this.addEventListener("pointerdown", (event) => this.grip(event));
    // What an exam kept on this device is written into the lists.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.show();
  }

  list(drop) { return this.querySelector(`#${CSS.escape(drop.dataset.drop)}`); }

  word(key) { return this.words.find((one) => one.dataset.word === key); }

  tell(words, key, drop) {
    const number = drop?.dataset.drop.split("-").at(-1) ?? "";
    this.querySelector("[data-told]").textContent = words.replace("@", this.word(key)?.textContent ?? "").replace("#", number);
  }

  /** Show in each gap what its list says, and which words are used up. */
  show() {
    const used = new Set();
    for (const drop of this.drops) {
      const key = this.list(drop).value;
      const words = this.word(key)?.textContent ?? "";
      if (key) used.add(key);
      drop.textContent = words || "\u00a0";
      drop.setAttribute("aria-label", `${drop.dataset.label}: ${words || this.said.empty}`);
      drop.toggleAttribute("data-filled", key !== "");
    }
    for (const word of this.words) {
      const gone = used.has(word.dataset.word) && !this.hasAttribute("data-reuse");
      word.toggleAttribute("data-used", gone);
      // Not disabled: a button that is would lose the focus to the page.
      word.setAttribute("aria-disabled", String(gone));
      word.setAttribute("aria-pressed", String(word.dataset.word === this.picked));
    }
  }

  pick(key) {
    this.picked = key;
    this.show();
    if (key) this.tell(this.said.taken, key);
  }

  put(drop, key) {
    const list = this.list(drop);
    if (key && !this.hasAttribute("data-reuse")) {
      for (const other of this.drops) if (other !== drop && this.list(other).value === key) this.list(other).value = "";
    }
    const was = list.value;
    list.value = key;
    this.picked = "";
    this.show();
    this.tell(key ? this.said.put : this.said.back, key || was, drop);
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  click(event) {
    if (this.dragged) { this.dragged = false; return; }
    const word = event.target.closest("[data-word]");
    const drop = event.target.closest("[data-drop]");
    if (word && !word.hasAttribute("data-used")) this.pick(word.dataset.word === this.picked ? "" : word.dataset.word);
    if (!drop) return;
    const held = this.list(drop).value;
    if (this.picked) this.put(drop, this.picked);
    else if (held) this.put(drop, "");
  }

  grip(event) {
    const from = event.target.closest("[data-word]:not([data-used]), [data-drop][data-filled]");
    if (!from || event.button !== 0) return;
    this.dragged = false;
    const key = from.dataset.word ?? this.list(from).value;
    const { pointerId, clientX, clientY } = event;
    let ghost = null;
    let over = null;
    const move = (moved) => {
      if (moved.pointerId !== pointerId) return;
      if (!ghost && Math.hypot(moved.clientX - clientX, moved.clientY - clientY) < DRAG_FROM) return;
      if (!ghost) {
        ghost = document.createElement("span");
        ghost.className = "gap-ghost";
        ghost.textContent = this.word(key).textContent;
        document.body.append(ghost);
      }
      ghost.style.transform = `translate(${moved.clientX - ghost.offsetWidth / 2}px, ${moved.clientY - ghost.offsetHeight / 2}px)`;
      const place = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-drop]");
      over?.removeAttribute("data-over");
      over = place && this.contains(place) ? place : null;
      over?.setAttribute("data-over", "");
    };
    const end = (ended) => {
      if (ended.pointerId !== pointerId) return;
      for (const name of ["pointermove", "pointerup", "pointercancel"]) document.removeEventListener(name, name === "pointermove" ? move : end);
      ghost?.remove();
      over?.removeAttribute("data-over");
      if (!ghost || ended.type === "pointercancel") return;
      // The click that a browser makes of it would pick the word up again; where it makes none, the next one counts.
      this.dragged = true;
      setTimeout(() => { this.dragged = false; });
      if (over === from) return;
      if (from.dataset.drop) this.put(from, "");
      if (over) this.put(over, key);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  }
}

if (!customElements.get("gap-words")) customElements.define("gap-words", GapWords);
