// How our own blocks are edited: a line of fields over the text they hold. What a field says is part of the document, so undo takes it back too.
const el = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
};

const icon = (sprite, name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
};

const extensionOf = (address) => address.split(".").at(-1).toLowerCase();
const FILMS = new Set(["mp4", "webm", "m4v", "mov", "mp3", "m4a", "ogg", "wav"]);
export const isFilm = (address) => FILMS.has(extensionOf(address));
export const isPicture = (address) => /^(avif|gif|jpe?g|png|svg|webp)$/.test(extensionOf(address));
const isCaptions = (address) => extensionOf(address) === "vtt";

/** The title of a picture without words that only adorns; lms/kernel/richtext reads the same. */
const DECORATION = "decoration";
const isDecoration = ({ alt, title }) => alt.trim() === "" && title === DECORATION;

/** Return the node views of a text: `media` maps addresses to where they are served, `words` are the reader's. */
export const viewsOf = ({ media, words, sprite, checks }) => {
  const field = (label, value, changed, attributes = {}) => {
    const input = el("input", { class: "block-field", type: "text", "aria-label": label, placeholder: label, value, dir: "auto", ...attributes });
    input.addEventListener("input", () => changed(input.value));
    // Enter goes on into the text, as it would anywhere.
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    return input;
  };
  const choice = (label, value, options, changed) => {
    const select = el("select", { class: "block-field", "aria-label": label });
    const known = options.some(([key]) => key === value);
    for (const [key, name] of known ? options : [[value, value || label], ...options]) select.append(el("option", { value: key, selected: key === value }, name));
    select.value = value;
    select.addEventListener("change", () => changed(select.value));
    return select;
  };
  const addresses = (fits) => [...media.keys()].filter(fits).map((address) => [address, address.split("/").at(-1)]);

  /** A node view of a head over content: `head(attrs, set)` returns its fields; they are drawn anew when the document says other than they do. */
  const framed = (kind, glyph, name, head, { open = true } = {}) => ({ node, editor, getPos }) => {
    let now = node;
    const set = (attrs) => editor.view.dispatch(editor.state.tr.setNodeMarkup(getPos(), undefined, { ...now.attrs, ...attrs }));
    const remove = el("button", { type: "button", class: "block-remove", "aria-label": `${words.remove}: ${name}`, title: words.remove }, icon(sprite, "trash"));
    remove.addEventListener("click", () => {
      const at = getPos();
      editor.chain().deleteRange({ from: at, to: at + now.nodeSize }).focus().run();
    });
    const fields = el("div", { class: "block-fields" });
    const bar = el("div", { class: "block-head", contenteditable: "false" }, icon(sprite, glyph), el("span", { class: "block-name" }, name), fields, remove);
    const content = open ? el("div", { class: "block-content" }) : null;
    const dom = el("div", { class: `block block-${kind}` }, bar, ...(content ? [content] : []));
    const draw = () => fields.replaceChildren(...head(now.attrs, set));
    draw();
    return {
      dom, contentDOM: content,
      update: (next) => {
        if (next.type !== now.type) return false;
        const same = JSON.stringify(next.attrs) === JSON.stringify(now.attrs);
        now = next;
        if (!same && !fields.contains(document.activeElement)) draw();
        return true;
      },
      selectNode: () => dom.toggleAttribute("data-chosen", true),
      deselectNode: () => dom.toggleAttribute("data-chosen", false),
      stopEvent: (event) => bar.contains(event.target) && !/^drag|drop/.test(event.type),
      ignoreMutation: (mutation) => mutation.type !== "selection" && !(content?.contains(mutation.target) && content !== mutation.target),
    };
  };

  return {
    callout: framed("callout", "info", words.callout, ({ kind }, set) => [
      choice(words.kind, kind, ["note", "tip", "important", "warning", "caution"].map((one) => [one, words[one]]), (value) => set({ kind: value })),
    ]),
    fold: framed("fold", "down", words.fold, ({ summary }, set) => [field(words.foldTitle, summary, (value) => set({ summary: value }))]),
    tabs: framed("tabs", "layers", words.tabs, () => []),
    tab: framed("tab", "file-text", words.tab, ({ title }, set) => [field(words.tabTitle, title, (value) => set({ title: value }))]),
    film: framed("film", "video", words.film, ({ address, title, captions }, set) => [
      choice(words.filmFile, address, addresses(isFilm), (value) => set({ address: value })),
      field(words.filmTitle, title, (value) => set({ title: value })),
      ...[...captions, { address: "", words: "" }].map((one, at) => choice(`${words.captions} ${at + 1}`, one.address, [["", `${words.captions}: ${words.none}`], ...addresses(isCaptions)], (value) => {
        const language = /\.([a-z]{2,3})(?:-\w+)?\.vtt$/i.exec(value)?.[1];
        const named = { address: value, words: (language && new Intl.DisplayNames([language], { type: "language" }).of(language)) || value.split("/").at(-1) };
        set({ captions: [...captions.slice(0, at), ...(value ? [named] : []), ...captions.slice(at + 1)] });
      })),
      ...(media.get(address) ? [el("video", { controls: true, preload: "metadata", src: media.get(address), "aria-label": title || words.film })] : []),
      el("span", { class: "small soft" }, words.transcript),
    ]),
    fileBlock: framed("file", "file", words.file, ({ address, title }, set) => [
      choice(words.fileFile, address, addresses((one) => !isPicture(one) && !isCaptions(one)), (value) => set({ address: value })),
      field(words.fileTitle, title, (value) => set({ title: value })),
    ]),
    check: framed("check", "quiz", words.check, ({ name }, set) => [
      choice(words.checkQuestion, name, checks, (value) => set({ name: value })),
    ], { open: false }),
    rawBlock: framed("raw", "code", words.raw, ({ source }, set) => {
      const area = el("textarea", { class: "block-field", "aria-label": words.raw, rows: String(Math.min(12, source.split("\n").length + 1)), spellcheck: "false", dir: "ltr" });
      area.value = source;
      area.addEventListener("input", () => set({ source: area.value }));
      return [area];
    }, { open: false }),
    picture: ({ node, editor, getPos }) => {
      let now = node;
      const image = el("img", { alt: "" });
      const alt = field(words.alt, node.attrs.alt, (value) => editor.view.dispatch(editor.state.tr.setNodeMarkup(getPos(), undefined, { ...now.attrs, alt: value })), { "aria-required": "true" });
      const adorns = el("input", { type: "checkbox" });
      adorns.addEventListener("change", () => {
        const at = getPos();
        const { tr } = editor.state;
        // Attributes alone: nothing moves, so that what was chosen stays chosen.
        if (adorns.checked) tr.setNodeAttribute(at, "alt", "");
        editor.view.dispatch(tr.setNodeAttribute(at, "title", adorns.checked ? DECORATION : null));
        if (!adorns.checked) alt.focus();
      });
      const dom = el("span", { class: "block-picture", contenteditable: "false" }, image, alt, el("label", { class: "block-picture-adorns" }, adorns, el("span", {}, words.decoration)));
      const draw = () => {
        const where = media.get(now.attrs.src);
        if (where) image.src = where; else image.removeAttribute("src");
        image.alt = now.attrs.alt;
        if (document.activeElement !== alt) alt.value = now.attrs.alt;
        adorns.checked = isDecoration(now.attrs);
        alt.disabled = adorns.checked;
        dom.toggleAttribute("data-lacking", now.attrs.alt.trim() === "" && !adorns.checked);
      };
      draw();
      return {
        dom,
        update: (next) => { if (next.type !== now.type) return false; now = next; draw(); return true; },
        selectNode: () => dom.toggleAttribute("data-chosen", true),
        deselectNode: () => dom.toggleAttribute("data-chosen", false),
        stopEvent: (event) => event.target === alt || event.target.closest?.("label") !== null,
        ignoreMutation: () => true,
      };
    },
  };
};
