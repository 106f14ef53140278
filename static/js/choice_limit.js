// Choices of which only so many may be made: once they are, the others cannot be ticked until one is taken back. The server
// takes no more than the limit either; without this script it says so.

class ChoiceLimit extends HTMLElement {
  connectedCallback() {
    if (this.said) return;
    this.said = this.querySelector("[data-said]");
    this.addEventListener("change", () => this.show());
    // What an exam kept on this device is written into the fields.
    this.closest("[data-slot]")?.addEventListener("restored", () => this.show());
    this.show();
  }

  show() {
    const boxes = [...this.querySelectorAll("input[type=checkbox]")];
    const isFull = boxes.filter((box) => box.checked).length >= Number(this.dataset.most);
    for (const box of boxes) box.disabled = isFull && !box.checked;
    this.said.textContent = isFull ? this.dataset.full : "";
  }
}

if (!customElements.get("choice-limit")) customElements.define("choice-limit", ChoiceLimit);
