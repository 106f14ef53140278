// What a lesson may hold in the editor: CommonMark, tables, and the blocks of docs/reference/markdown.md. No DOM is touched when this loads.
import { Mark, Node, mergeAttributes } from "@tiptap/core";
import { Code } from "@tiptap/extension-code";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { TextSelection } from "@tiptap/pm/state";
import StarterKit from "@tiptap/starter-kit";

const attribute = (fallback) => ({ default: fallback, rendered: false });
const align = { align: { default: null, parseHTML: (element) => element.style.textAlign || null, renderHTML: ({ align: value }) => (value ? { class: `align-${value === "right" ? "end" : value}` } : {}) } };

/** A block of our own: content, attributes by name and default, and how it looks; a node view may make it editable. */
const block = (name, content, attributes, render, rest = {}) =>
  Node.create({
    name, group: "block", content, defining: true, isolating: true,
    addAttributes: () => Object.fromEntries(Object.entries(attributes).map(([key, fallback]) => [key, attribute(fallback)])),
    parseHTML: () => [],
    renderHTML: ({ node, HTMLAttributes }) => render(node.attrs, HTMLAttributes),
    ...rest,
  });

const mark = (name, tag) => Mark.create({ name, parseHTML: () => [{ tag }], renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0] });

export const callout = block("callout", "block+", { kind: "note" }, ({ kind }) => ["aside", { class: `callout callout-${kind}` }, 0], {
  parseHTML: () => [{ tag: "aside.callout", getAttrs: (element) => ({ kind: /callout-(note|tip|important|warning|caution)\b/.exec(element.className)?.[1] ?? "note" }) }],
});
export const fold = block("fold", "block+", { summary: "" }, () => ["div", { class: "fold" }, 0]);
export const tabs = block("tabs", "block+", {}, () => ["div", { class: "tabs-block" }, 0]);
export const tab = block("tab", "block+", { title: "" }, () => ["div", { class: "tab-block" }, 0]);
export const film = block("film", "block*", { address: "", title: "", captions: [] }, () => ["div", { class: "media" }, 0]);
export const fileBlock = block("fileBlock", "block*", { address: "", title: "" }, () => ["div", { class: "media-file" }, 0]);
export const check = block("check", "", { name: "" }, ({ name }) => ["div", { class: "check-block" }, name], { atom: true });
export const rawBlock = block("rawBlock", "", { source: "" }, ({ source }) => ["pre", { class: "raw" }, source], { atom: true });

const rawInline = Node.create({
  name: "rawInline", group: "inline", inline: true, atom: true,
  addAttributes: () => ({ source: attribute("") }),
  renderHTML: ({ node }) => ["code", { class: "raw" }, node.attrs.source],
});

const picture = Node.create({
  name: "picture", group: "inline", inline: true, draggable: true,
  addAttributes: () => ({ src: attribute(""), alt: attribute(""), title: attribute(null) }),
  parseHTML: () => [],
  renderHTML: ({ node }) => ["img", { alt: node.attrs.alt, "data-address": node.attrs.src }],
});

/** Lists remember whether their items stand close, as the Markdown had it. */
const tight = { tight: attribute(true) };

export const extensions = (views = {}) => [
  StarterKit.configure({
    underline: false, trailingNode: false, code: false,
    bulletList: false, orderedList: false, listItem: false,
    codeBlock: { enableTabIndentation: false },
    link: { openOnClick: false, autolink: false, linkOnPaste: true, defaultProtocol: "https", protocols: ["mailto", "tel"], isAllowedUri: (url) => /^(https?:|mailto:|tel:|#|media:)/i.test(url) || !/^[a-z][a-z0-9+.-]*:/i.test(url) },
  }),
  // Bold code and linked code are both written often.
  Code.extend({ excludes: "" }),
  Node.create({
    name: "bulletList", group: "block list", content: "listItem+",
    addAttributes: () => tight,
    parseHTML: () => [{ tag: "ul" }], renderHTML: ({ HTMLAttributes }) => ["ul", HTMLAttributes, 0],
    addCommands: () => ({ toggleBulletList: () => ({ commands }) => commands.toggleList("bulletList", "listItem") }),
    addKeyboardShortcuts() { return { "Mod-Shift-8": () => this.editor.commands.toggleBulletList() }; },
  }),
  Node.create({
    name: "orderedList", group: "block list", content: "listItem+",
    addAttributes: () => ({ ...tight, start: { default: 1, parseHTML: (element) => Number(element.getAttribute("start") ?? 1) } }),
    parseHTML: () => [{ tag: "ol" }],
    renderHTML: ({ HTMLAttributes: { start, ...rest } }) => ["ol", start === 1 ? rest : mergeAttributes(rest, { start }), 0],
    addCommands: () => ({ toggleOrderedList: () => ({ commands }) => commands.toggleList("orderedList", "listItem") }),
    addKeyboardShortcuts() { return { "Mod-Shift-7": () => this.editor.commands.toggleOrderedList() }; },
  }),
  Node.create({
    name: "listItem", content: "block+", defining: true,
    parseHTML: () => [{ tag: "li" }], renderHTML: ({ HTMLAttributes }) => ["li", HTMLAttributes, 0],
    addKeyboardShortcuts() {
      return { Enter: () => this.editor.commands.splitListItem("listItem"), "Mod-]": () => this.editor.commands.sinkListItem("listItem"), "Mod-[": () => this.editor.commands.liftListItem("listItem") };
    },
  }),
  Table.configure({ resizable: false }),
  TableRow.extend({ content: "(tableCell | tableHeader)*" }),
  // A cell of Markdown is one line.
  TableCell.extend({ content: "paragraph", addAttributes() { return { ...this.parent?.(), ...align }; } }),
  TableHeader.extend({ content: "paragraph", addAttributes() { return { ...this.parent?.(), ...align }; } }),
  mark("subscript", "sub"), mark("superscript", "sup"), mark("keyboard", "kbd"), mark("highlight", "mark"),
  rawInline,
  ...[picture, callout, fold, tabs, tab, film, fileBlock, check, rawBlock].map((one) => (views[one.name] ? one.extend({ addNodeView: () => views[one.name] }) : one)),
];

/** Put a block where the cursor is: in place of an empty line, else below it; below a table, never inside a cell. The cursor goes into it. */
export const insertBlock = (chain, content) =>
  chain.command(({ tr, state, dispatch }) => {
    const { $from } = tr.selection;
    let depth = $from.depth;
    for (let at = 1; at <= $from.depth; at += 1) if ($from.node(at).type.name === "table") { depth = at; break; }
    const line = $from.node(depth);
    const isEmpty = line.type.name === "paragraph" && line.content.size === 0;
    const at = depth === 0 ? $from.pos : isEmpty ? $from.before(depth) : $from.after(depth);
    const node = state.schema.nodeFromJSON(content);
    if (!dispatch) return true;
    if (isEmpty && depth > 0) tr.replaceWith(at, $from.after(depth), node);
    else tr.insert(at, node);
    // A text always goes on below a block, or nobody could write there.
    const after = at + node.nodeSize;
    if (tr.doc.resolve(after).nodeAfter === null && tr.doc.resolve(after).depth === 0) tr.insert(after, state.schema.node("paragraph"));
    const inside = TextSelection.near(tr.doc.resolve(node.isAtom || node.isLeaf ? after : at + 1), 1);
    tr.setSelection(inside).scrollIntoView();
    return true;
  });
