// The author's picture: a place is drawn on it with the pointer, and its numbers stand in the fields below, where keys change them too.

const SVG = "http://www.w3.org/2000/svg";
const SIDES = ["left", "top", "width", "height"];
const LEAST = 1;

class HotspotEditor extends HTMLElement {
  connectedCallback() {
    if (this.canvas) return;
    this.canvas = this.querySelector("[data-canvas]");
    this.outlines = this.querySelector("[data-outlines]");
    this.answers = this.closest("[data-answers]");
    this.row = this.rows.find((row) => !this.isDrawn(row)) ?? this.rows[0];
    this.answers.addEventListener("focusin", (event) => {
      const row = event.target.closest("[data-place-row]");
      if (row) { this.row = row; this.show(); }
    });
    this.answers.addEventListener("input", () => this.show());
    this.canvas.addEventListener("pointerdown", (event) => this.draw(event));
    this.show();
  }

  get rows() { return [...this.answers.querySelectorAll("[data-place-row]")]; }

  field(row, part) { return row.querySelector(`[name="place-${row.dataset.placeRow}-${part}"]`); }

  isDrawn(row) { return (this.field(row, "points") ?? this.field(row, "width")).value.trim() !== ""; }

  /** Where the pointer is, in hundredths of the picture. */
  spot({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height].map((share) => Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10);
  }

  show() {
    this.outlines.replaceChildren(...this.rows.map((row) => {
      const group = document.createElementNS(SVG, "g");
      group.toggleAttribute("data-current", row === this.row);
      const shape = this.field(row, "shape").value;
      const make = (name, attributes) => {
        const outline = document.createElementNS(SVG, name);
        for (const [key, value] of Object.entries(attributes)) outline.setAttribute(key, value);
        group.append(outline);
      };
      const points = this.field(row, "points");
      if (points) { make("polygon", { points: points.value.replace(/[^\d., ]/g, "") }); return group; }
      const [x, y, width, height] = SIDES.map((side) => Math.max(0, Number.parseFloat(this.field(row, side).value) || 0));
      if (shape === "ellipse") make("ellipse", { cx: x + width / 2, cy: y + height / 2, rx: width / 2, ry: height / 2 });
      else make("rect", { x, y, width, height });
      return group;
    }));
  }

  set(field, value) { field.value = value; field.dispatchEvent(new Event("input", { bubbles: true })); }

  draw(event) {
    if (event.button !== 0 || !this.row?.isConnected) return;
    event.preventDefault();
    const row = this.row;
    const points = this.field(row, "points");
    const [x, y] = this.spot(event);
    if (points) { this.set(points, `${points.value.trim()} ${x},${y}`.trim()); return; }
    this.canvas.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const [otherX, otherY] = this.spot(moved);
      const box = [Math.min(x, otherX), Math.min(y, otherY), Math.abs(otherX - x), Math.abs(otherY - y)];
      if (box[2] < LEAST || box[3] < LEAST) return;
      for (const [at, side] of SIDES.entries()) this.set(this.field(row, side), String(Math.round(box[at] * 10) / 10));
    };
    this.canvas.addEventListener("pointermove", move);
    this.canvas.addEventListener("lostpointercapture", () => {
      this.canvas.removeEventListener("pointermove", move);
      this.row = this.rows.find((one) => !this.isDrawn(one)) ?? row;
      this.field(row, "label").focus({ preventScroll: true });
      this.show();
    }, { once: true });
  }
}

if (!customElements.get("hotspot-editor")) customElements.define("hotspot-editor", HotspotEditor);
