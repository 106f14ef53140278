// The editor's tools: one tab stop, arrow keys within, and each says whether it is on.
import { insertBlock } from "./schema.js";

const block = (content) => (chain) => insertBlock(chain, content);
const ACTS = {
  undo: (chain) => chain.undo(), redo: (chain) => chain.redo(),
  bold: (chain) => chain.toggleBold(), italic: (chain) => chain.toggleItalic(), strike: (chain) => chain.toggleStrike(), code: (chain) => chain.toggleCode(),
  subscript: (chain) => chain.toggleMark("subscript"), superscript: (chain) => chain.toggleMark("superscript"),
  bulletList: (chain) => chain.toggleBulletList(), orderedList: (chain) => chain.toggleOrderedList(),
  indent: (chain) => chain.sinkListItem("listItem"), outdent: (chain) => chain.liftListItem("listItem"),
  blockquote: (chain) => chain.toggleBlockquote(), codeBlock: (chain) => chain.toggleCodeBlock(),
  table: block({ type: "table", content: [0, 1, 2].map((row) => ({ type: "tableRow", content: [0, 1, 2].map(() => ({ type: row === 0 ? "tableHeader" : "tableCell", content: [{ type: "paragraph" }] })) })) }),
  rule: block({ type: "horizontalRule" }),
  rowAdd: (chain) => chain.addRowAfter(), rowRemove: (chain) => chain.deleteRow(), columnAdd: (chain) => chain.addColumnAfter(), columnRemove: (chain) => chain.deleteColumn(), tableRemove: (chain) => chain.deleteTable(),
  callout: block({ type: "callout", attrs: { kind: "note" }, content: [{ type: "paragraph" }] }),
  fold: block({ type: "fold", content: [{ type: "paragraph" }] }),
  tabs: block({ type: "tabs", content: [1, 2].map(() => ({ type: "tab", content: [{ type: "paragraph" }] })) }),
  check: block({ type: "check" }),
};
const ON = { bold: "bold", italic: "italic", strike: "strike", code: "code", subscript: "subscript", superscript: "superscript", bulletList: "bulletList", orderedList: "orderedList", blockquote: "blockquote", codeBlock: "codeBlock" };

export const toolbar = (bar, editor, { link }) => {
  const tools = () => [...bar.querySelectorAll("button, select")].filter((one) => one.offsetParent !== null);
  const style = bar.querySelector("[data-style]");

  const tell = () => {
    for (const button of bar.querySelectorAll("[data-act]")) {
      const { act } = button.dataset;
      if (ON[act]) button.setAttribute("aria-pressed", String(editor.isActive(ON[act])));
      if (act === "link") button.setAttribute("aria-pressed", String(editor.isActive("link")));
      if (["undo", "redo", "indent", "outdent"].includes(act)) button.toggleAttribute("aria-disabled", false), button.setAttribute("aria-disabled", String(!ACTS[act](editor.can().chain()).run()));
    }
    bar.querySelector("[data-within=table]").hidden = !editor.isActive("table");
    style.value = [2, 3, 4].find((level) => editor.isActive("heading", { level }))?.toString() ?? "0";
  };

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if (button.dataset.act === "link") link();
    else ACTS[button.dataset.act]?.(editor.chain().focus()).run();
  });
  style.addEventListener("change", () => {
    const level = Number(style.value);
    (level ? editor.chain().focus().setHeading({ level }) : editor.chain().focus().setParagraph()).run();
  });

  // WAI-ARIA toolbar: Tab comes in once, arrows go along, Home and End to its ends.
  const rove = (to) => { for (const one of tools()) one.tabIndex = one === to ? 0 : -1; };
  bar.addEventListener("focusin", (event) => rove(event.target));
  bar.addEventListener("keydown", (event) => {
    const all = tools();
    const at = all.indexOf(document.activeElement);
    const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const next = { [forward]: all[(at + 1) % all.length], [back]: all.at(at - 1), Home: all[0], End: all.at(-1) }[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  rove(tools()[0]);
  editor.on("transaction", tell);
  tell();
};
