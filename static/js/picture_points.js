// A picture on which points are marked: by a click, or by a crosshair that the arrow keys move. The numbers below are what is sent and what is
// left without this script.

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 10;

const inside = (number) => Math.round(Math.min(100, Math.max(0, number)) * 10) / 10;

class PicturePoints extends HTMLElement {
  connectedCallback() {
    if (this.canvas) return;
    this.canvas = this.querySelector("[data-canvas]");
    this.aim = this.querySelector("[data-aim]");
    this.said = JSON.parse(this.dataset.said);
    this.spot = [50, 50];
    this.aim.hidden = false;
    this.canvas.addEventListener("click", (event) => {
      // By keys the crosshair is clicked, and the point lies where it stands.
      if (event.target === this.aim && event.detail === 0) this.put(this.spot);
      else this.put(this.at(event));
    });
    this.aim.addEventListener("keydown", (event) => {
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      this.spot = this.spot.map((number, side) => inside(number + step[side] * (event.shiftKey ? FAR : 1)));
      this.show();
      this.tell(this.said.at.replace("#x", String(this.spot[0])).replace("#y", String(this.spot[1])));
    });
    this.addEventListener("input", () => this.show());
    // What an exam kept on this device is written into the fields.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.querySelector("img")?.addEventListener("load", () => this.show());
    this.show();
  }

  get marks() { return [...this.querySelectorAll("[data-mark]")]; }

  fields(mark) { return ["x", "y"].map((side) => this.querySelector(`[data-${side}="${mark.dataset.mark}"]`)); }

  /** Where a point lies by its fields, in hundredths; null while they say nowhere. */
  place(mark) {
    const words = this.fields(mark).map((field) => field.value.trim().replace(",", "."));
    const numbers = words.map(Number);
    return words.every(Boolean) && numbers.every((number) => number >= 0 && number <= 100) ? numbers : null;
  }

  at({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height].map((share) => inside(share * 100));
  }

  tell(words) { this.querySelector("[data-told]").textContent = words; }

  /** Put a point there: the first that lies nowhere yet, else the one that is nearest. */
  put(spot) {
    const [field] = this.querySelectorAll("input");
    if (field.matches(":disabled")) return;
    const far = (mark) => Math.hypot(...this.place(mark).map((number, side) => number - spot[side]));
    const mark = this.marks.find((one) => !this.place(one)) ?? this.marks.reduce((one, other) => (far(other) < far(one) ? other : one));
    for (const [side, input] of this.fields(mark).entries()) input.value = String(spot[side]);
    this.spot = spot;
    this.show();
    this.tell(this.said.put.replace("#", mark.dataset.mark));
    this.fields(mark)[1].dispatchEvent(new Event("change", { bubbles: true }));
  }

  show() {
    const stand = (element, [x, y]) => { element.style.left = `${x}%`; element.style.top = `${y}%`; };
    for (const mark of this.marks) {
      const place = this.place(mark);
      mark.hidden = !place;
      if (place) stand(mark, place);
    }
    stand(this.aim, this.spot);
  }
}

if (!customElements.get("picture-points")) customElements.define("picture-points", PicturePoints);
