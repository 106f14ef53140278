// A picture that is drawn on: lines go over it, and both together are handed in as a file, by the field that takes files. Without this script, and for
// who cannot draw here, that field takes a picture drawn elsewhere.

const SIDE = 640;

class DrawnPicture extends HTMLElement {
  connectedCallback() {
    if (this.lines) return;
    this.lines = [];
    this.tools = this.querySelector("[data-tools]");
    this.picture = this.querySelector("img");
    if (!this.tools || !this.picture) return;
    if (this.picture.complete && this.picture.naturalWidth) this.begin();
    else this.picture.addEventListener("load", () => this.begin(), { once: true });
  }

  /** The field that takes files; it is gone once there are as many as may be. */
  get field() { return this.closest("[data-slot], form")?.querySelector("[data-chooser]:not([hidden]) input[type=file]"); }

  begin() {
    this.tools.hidden = false;
    this.canvas = document.createElement("canvas");
    // Small pictures are drawn on finely all the same.
    const scale = Math.max(1, SIDE / Math.max(this.picture.naturalWidth, this.picture.naturalHeight));
    this.canvas.width = Math.round(this.picture.naturalWidth * scale);
    this.canvas.height = Math.round(this.picture.naturalHeight * scale);
    this.canvas.setAttribute("aria-hidden", "true");
    this.picture.parentElement.append(this.canvas);
    this.canvas.addEventListener("pointerdown", (event) => this.draw(event));
    this.querySelector("[data-undo]").addEventListener("click", () => { this.lines.pop(); this.show(); });
    this.querySelector("[data-use]").addEventListener("click", () => this.use());
    // The choice of a colour is no answer: exam.js need not hear of it.
    this.addEventListener("change", (event) => event.stopPropagation());
  }

  at({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(clientX - left) / width * this.canvas.width, (clientY - top) / height * this.canvas.height];
  }

  draw(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    const line = { colour: this.querySelector("[data-colour]").value, width: Number(this.querySelector("[data-width]").value), points: [this.at(event)] };
    this.lines.push(line);
    this.show();
    const move = (moved) => { line.points.push(this.at(moved)); this.show(); };
    this.canvas.addEventListener("pointermove", move);
    this.canvas.addEventListener("lostpointercapture", () => this.canvas.removeEventListener("pointermove", move), { once: true });
  }

  show(context = this.canvas.getContext("2d"), isWhole = false) {
    if (!isWhole) context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const { colour, width, points } of this.lines) {
      Object.assign(context, { strokeStyle: colour, lineWidth: width, lineCap: "round", lineJoin: "round" });
      context.beginPath();
      for (const [x, y] of [points[0], ...points]) context.lineTo(x, y);
      context.stroke();
    }
  }

  /** Give picture and lines to the field that takes files, as if they had been chosen there. */
  use() {
    const field = this.field;
    this.querySelector("[data-drawn-said]").textContent = field ? "" : this.dataset.full;
    if (!field) return;
    const whole = document.createElement("canvas");
    whole.width = this.canvas.width;
    whole.height = this.canvas.height;
    const context = whole.getContext("2d");
    context.drawImage(this.picture, 0, 0, whole.width, whole.height);
    this.show(context, true);
    whole.toBlob((bytes) => {
      const files = new DataTransfer();
      files.items.add(new File([bytes], `${this.dataset.name}.png`, { type: "image/png" }));
      field.files = files.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }, "image/png");
  }
}

if (!customElements.get("drawn-picture")) customElements.define("drawn-picture", DrawnPicture);
