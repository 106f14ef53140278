// A lesson being written. Without this script its Markdown is edited as text; with it as it will look, saved by itself.
import { Editor } from "@tiptap/core";
import { read, write } from "./editor/markdown.js";
import { outline } from "./editor/outline.js";
import { saver } from "./editor/saving.js";
import { extensions, insertBlock } from "./editor/schema.js";
import { toolbar } from "./editor/toolbar.js";
import { clock } from "./shared/clocks.js";
import { post } from "./shared/posting.js";
import { isFilm, isPicture, viewsOf } from "./editor/views.js";

const nav = document.querySelector("[data-order]");
if (nav) outline(nav);

const form = document.querySelector("form[data-editor]");
if (form) {
  const { body } = form.elements;
  const words = JSON.parse(form.dataset.words);
  const media = new Map(Object.entries(JSON.parse(form.dataset.media)));
  const status = document.querySelector("[data-save-state]");
  const room = document.querySelector("[data-rich]");
  const bar = document.querySelector("[data-tools]");
  const trouble = document.querySelector("[data-conflict]");

  const said = (state, detail) => {
    // The first save of a published course opens a draft, which can be published from then on.
    if (state === "saved" && detail) document.querySelector("[data-after-save]")?.removeAttribute("hidden");
    const glyphs = { saved: "saved", waiting: "edit", saving: "refresh", offline: "offline", refused: "alert", conflict: "alert" };
    const tones = { saved: "valid", waiting: "none", saving: "progress", offline: "soon", refused: "danger", conflict: "danger" };
    const pill = status.querySelector(".pill");
    pill.dataset.state = tones[state];
    const text = state === "saved" && detail ? words.savedAt.replace("#", clock(detail)) : state === "offline" && detail ? detail : words[state];
    const place = pill.querySelector("[data-said]");
    if (place.textContent !== text) place.textContent = text;
    const use = pill.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${glyphs[state]}`));
  };

  let written = null;
  let editor = null;
  const load = (source) => {
    const found = read(editor.schema, source);
    written = found.written;
    // No step of its own in the history: undo never goes back behind what was opened.
    editor.chain().setMeta("addToHistory", false).setContent(found.doc.toJSON(), { emitUpdate: false }).run();
    // The editor built nodes of its own from the same content: what was written is told of those.
    const nodes = new WeakMap();
    const kept = [];
    found.doc.forEach((node) => kept.push(found.written.nodes.get(node)));
    let last = null;
    editor.state.doc.forEach((node, _offset, at) => { if (kept[at]) nodes.set(node, { ...kept[at], follows: last }); last = node; });
    written = { doc: editor.state.doc, text: source.replace(/\r\n?/g, "\n"), nodes };
  };

  const saving = saver({
    form, said,
    refused: (fields) => {
      for (const old of form.querySelectorAll("[data-live-error]")) old.remove();
      for (const [name, messages] of Object.entries(fields)) {
        const input = form.elements[name];
        if (!input) continue;
        const note = document.createElement("p");
        note.className = "field-error";
        note.dataset.liveError = "";
        note.textContent = [messages].flat().join(" ");
        (input === body ? room : input).after(note);
      }
    },
    conflict: (theirs, { mine, theirs: take }) => {
      trouble.hidden = false;
      trouble.querySelector("[data-their-text]").textContent = theirs.body ?? "";
      for (const one of trouble.querySelectorAll("[data-own]")) {
        one.dataset.other ??= one.textContent;
        one.textContent = theirs.is_own ? one.dataset.own : one.dataset.other;
      }
      trouble.querySelector("[data-message]").textContent = theirs.detail ?? words.conflict;
      trouble.querySelector("[data-mine]").onclick = () => { trouble.hidden = true; mine(); };
      trouble.querySelector("[data-theirs]").onclick = () => { trouble.hidden = true; body.value = theirs.body ?? ""; form.elements.title.value = theirs.title ?? form.elements.title.value; load(body.value); take(); };
      trouble.querySelector("button").focus();
    },
  });

  const upload = async (file) => {
    const data = new FormData();
    data.set("file", file);
    said("saving");
    const response = await post(form.dataset.upload, data).catch(() => null);
    const answer = await response?.json().catch(() => ({}));
    if (!response?.ok) { said("refused"); window.alert([response?.lost ?? answer?.errors?.[0]?.detail ?? answer?.detail ?? words.offline].join(" ")); return null; }
    media.set(answer.address, answer.url);
    said("saved");
    return answer.address;
  };
  const title = (file) => file.name.replace(/\.[^.]+$/, "").replaceAll(/[-_]+/g, " ");
  const insert = async (files) => {
    for (const file of files) {
      const address = await upload(file);
      if (!address) continue;
      const node = isPicture(address) ? { type: "picture", attrs: { src: address, alt: "" } }
        : isFilm(address) ? { type: "film", attrs: { address, title: title(file) }, content: [] }
        : address.endsWith(".vtt") ? null : { type: "fileBlock", attrs: { address, title: title(file) } };
      if (node?.type === "picture") editor.chain().focus().insertContent(node).run();
      else if (node) insertBlock(editor.chain().focus(), node).run();
    }
  };

  if (room) {
    editor = new Editor({
      element: room,
      // Our own style sheet has these rules: the page allows no style that a script writes.
      injectCSS: false,
      extensions: extensions(viewsOf({ media, words, sprite: form.dataset.sprite, checks: JSON.parse(form.dataset.checks) })),
      editorProps: {
        attributes: { class: "prose", role: "textbox", "aria-multiline": "true", "aria-label": words.text, lang: form.dataset.lang, dir: "auto" },
        handlePaste: (_view, event) => { const files = [...(event.clipboardData?.files ?? [])]; if (files.length === 0) return false; insert(files); return true; },
        handleDrop: (_view, event, _slice, moved) => { const files = [...(event.dataTransfer?.files ?? [])]; if (moved || files.length === 0) return false; insert(files); return true; },
      },
      onUpdate: () => { body.value = write(editor.state.doc, written); saving.changed(); },
    });
    load(body.value);
    room.hidden = false;
    bar.hidden = false;
    body.closest(".field").hidden = true;
    const asText = document.querySelector("[data-as-text]");
    asText.hidden = false;
    asText.addEventListener("click", () => {
      const toText = asText.getAttribute("aria-pressed") !== "true";
      asText.setAttribute("aria-pressed", String(toText));
      if (!toText) load(body.value);
      body.closest(".field").hidden = !toText;
      room.hidden = toText;
      bar.hidden = toText;
      (toText ? body : editor.commands).focus();
    });
    body.addEventListener("input", saving.changed);

    const dialog = document.querySelector("#link");
    toolbar(bar, editor, {
      link: () => {
        const input = dialog.querySelector("input[name=href]");
        input.value = editor.getAttributes("link").href ?? "";
        dialog.showModal();
      },
    });
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const href = dialog.querySelector("input[name=href]").value.trim();
      const chain = editor.chain().focus().extendMarkRange("link");
      if (href === "") chain.unsetLink().run();
      else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
      else chain.setLink({ href }).run();
      dialog.close();
    });
    for (const button of bar.querySelectorAll("[data-files]")) {
      const picker = button.nextElementSibling;
      button.addEventListener("click", () => picker.click());
      picker.addEventListener("change", () => { insert([...picker.files]); picker.value = ""; });
    }
  }

  // Every other field of the form, wherever on the page it stands.
  for (const input of form.elements) if (input !== body && input.name && input.type !== "hidden") input.addEventListener("input", saving.changed);
  form.addEventListener("submit", (event) => { event.preventDefault(); event.stopImmediatePropagation(); saving.changed(); saving.send(); }, { capture: true });

  const { left } = saving;
  if (left && (left.body !== body.value || left.title !== form.elements.title.value)) {
    const theirs = { body: body.value, title: form.elements.title.value, revision: form.elements.revision.value, detail: words.overtaken };
    body.value = left.body ?? body.value;
    form.elements.title.value = left.title;
    if (editor) load(body.value);
    const note = document.querySelector("[data-restored]");
    note.hidden = false;
    note.querySelector("button").addEventListener("click", () => { saving.forget(); location.reload(); });
    if (left.isOver) { note.hidden = true; saving.hold(theirs); } else saving.changed();
  } else { saving.forget(); said("saved"); }
}
