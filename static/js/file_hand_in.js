// Files of an answer: each is sent as soon as it is chosen, and the line below says how that went. Other answers wait on this device when the
// network is gone; a file does not, and the page says so. Without this script the button sends the page with its file.

import { newKey } from "./shared/naming.js";
import { post } from "./shared/posting.js";

class HandInFiles extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.list = this.querySelector("[data-files]");
    this.said = this.querySelector("[data-file-said]");
    this.chooser = this.querySelector("[data-chooser]");
    this.field = this.querySelector("input[type=file]");
    this.form = this.closest("form[data-exam]");
    if (!this.field || !this.form) return;
    // exam.js sends what changes in a question; a file is sent from here.
    this.addEventListener("change", (event) => { event.stopPropagation(); if (this.field.files.length) this.send(); });
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      event.preventDefault();
      if (button.name === "remove") this.takeOut(button);
      else if (this.field.files.length) this.send();
      else this.field.focus();
    });
    // Whoever goes on while a file is under way would leave it behind.
    this.form.addEventListener("submit", (event) => {
      if (!this.sending) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.say(this.dataset.wait, true);
    }, { capture: true });
    // Chosen before this script was there to hear it.
    if (this.field.files.length) this.send();
  }

  say(words, isFault = false) {
    this.said.textContent = words;
    this.said.classList.toggle("field-error", isFault);
  }

  body(fields) {
    const body = new FormData();
    body.append("slot", this.dataset.slotNumber);
    body.append("key", newKey());
    for (const input of this.list.querySelectorAll("input[type=hidden]")) body.append(input.name, input.value);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return body;
  }

  async send() {
    const [file] = this.field.files;
    if (this.sending) return;
    if (file.size > Number(this.dataset.bytes)) {
      this.field.value = "";
      this.say(this.dataset.large.replace("#", file.name), true);
      return;
    }
    this.say(this.dataset.sending.replace("#", file.name));
    if (await this.post({ [this.field.name]: file })) {
      this.field.value = "";
      this.say(this.dataset.kept.replace("#", file.name));
    }
  }

  async takeOut(button) {
    const name = button.closest("li").querySelector("a").textContent;
    if (!this.sending && await this.post({ remove: button.value })) {
      this.say(this.dataset.removed.replace("#", name));
      (this.chooser.hidden ? this.list.querySelector("button") : this.field)?.focus();
    }
  }

  /** Send, and show what the answer consists of then; returns whether it was taken. */
  async post(fields) {
    this.sending = true;
    try {
      const answer = await post(this.form.action, this.body(fields));
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (told.url) { location.assign(told.url); return false; }
      if (!answer.ok) {
        const own = (told.errors ?? []).map(({ detail }) => detail).join(" ");
        this.say(answer.lost || own || told.detail || this.dataset.lost, true);
        if (!answer.lost && answer.status >= 400 && answer.status < 500) this.field.value = "";
        return false;
      }
      this.show(told.files);
      this.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { slot: this.dataset.slotNumber, answered: told.answered, saved: told.saved } }));
      return true;
    } catch {
      this.say(this.dataset.lost, true);
      return false;
    } finally { this.sending = false; }
  }

  show(files) {
    const row = this.querySelector("template[data-row]");
    this.list.replaceChildren(...files.map((file) => {
      const made = row.content.cloneNode(true);
      const link = made.querySelector("a");
      link.textContent = file.name;
      link.href = file.url;
      made.querySelector(".row-meta span").textContent = file.size;
      made.querySelector("input").value = file.id;
      const button = made.querySelector("button");
      button.value = `${this.dataset.slotNumber}:${file.id}`;
      button.setAttribute("aria-label", this.dataset.takeOut.replace("#", file.name));
      return made;
    }));
    this.chooser.hidden = files.length >= Number(this.dataset.most);
  }
}

if (!customElements.get("hand-in-files")) customElements.define("hand-in-files", HandInFiles);
