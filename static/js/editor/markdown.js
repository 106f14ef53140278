// Markdown to the editor's document and back. What nobody touched comes back letter by letter; what was touched in one plain hand.
// The grammar is that of lms/kernel/richtext: the same parser in its other language, with the same blocks.
import MarkdownIt from "markdown-it";
import container from "markdown-it-container";
import { MarkdownParser, MarkdownSerializer } from "prosemirror-markdown";

const BLOCKS = ["details", "tabs", "tab", "video", "file", "check"];
const ALERT = /^\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)/i;
const TARGET = /^(?:<([^>]*)>|(\S+))\s*(.*)$/s;
const MARKS = { sub: "subscript", sup: "superscript", kbd: "keyboard", mark: "highlight" };

const grammar = new MarkdownIt("commonmark", { html: true }).enable(["table", "strikethrough"]);
for (const name of BLOCKS) grammar.use(container, name, { validate: (info) => info.trim().split(/\s+/)[0] === name });
// A link may lead to a file of the lesson's own, whatever it is called: the server decides what is shown.
grammar.validateLink = () => true;

const infoOf = (token) => token.info.trim().replace(/^\S+\s*/, "").trim();
const targetOf = (token) => {
  const found = TARGET.exec(infoOf(token));
  const address = (found?.[1] ?? found?.[2] ?? "").trim();
  return { address, title: found?.[3].trim() || address.split("/").at(-1) };
};

/** Make the quotes that open with [!NOTE] callouts, and take the mark off their text. */
const markCallouts = (tokens) => {
  const open = [];
  tokens.forEach((token, at) => {
    if (token.type === "blockquote_open") {
      const inline = tokens[at + 1]?.type === "paragraph_open" ? tokens[at + 2] : null;
      const found = inline && inline.children.length > 0 && ALERT.exec(inline.content);
      open.push(Boolean(found));
      if (!found) return;
      token.type = "callout_open";
      token.meta = { kind: found[1].toLowerCase() };
      const first = inline.children.findIndex((child) => /^(soft|hard)break$/.test(child.type));
      inline.children = first < 0 ? [] : inline.children.slice(first + 1);
      // Nothing beside the mark: what follows is the text.
      if (inline.children.length === 0 && tokens[at + 4]?.type !== "blockquote_close") for (const one of [at + 1, at + 2, at + 3]) tokens[one].type = "nothing";
    } else if (token.type === "blockquote_close" && open.pop()) token.type = "callout_close";
  });
};

/** Take the paragraph of links to .vtt files that a film may begin with into the film. */
const takeCaptions = (tokens) => {
  tokens.forEach((token, at) => {
    if (token.type !== "container_video_open" || tokens[at + 1]?.type !== "paragraph_open") return;
    const children = tokens[at + 2].children;
    const captions = [];
    for (const child of children) {
      if (child.type === "link_open") captions.push({ address: child.attrGet("href"), words: "" });
      else if (child.type === "text" && child.level > 0 && captions.length > 0) captions.at(-1).words += child.content;
      else if (!/^(softbreak|hardbreak|link_close)$/.test(child.type) && !(child.type === "text" && !child.content.trim())) return;
    }
    if (captions.length === 0 || captions.some(({ address }) => !address.toLowerCase().endsWith(".vtt"))) return;
    token.meta = { captions };
    for (const one of [at + 1, at + 2, at + 3]) tokens[one].type = "nothing";
  });
};

/** Turn pairs of <sub> and its like within a line into marks; every other tag stays as it is written. */
const pairTags = (inline) => {
  const open = [];
  inline.children.forEach((child, at) => {
    if (child.type !== "html_inline") return;
    const [, closing, tag] = /^<(\/?)(sub|sup|kbd|mark)>$/.exec(child.content) ?? [];
    if (/^<br *\/?>$/i.test(child.content)) { child.type = "hardbreak"; child.meta = { written: "<br>" }; } else if (!tag) return;
    else if (!closing) open.push([tag, at]);
    else if (open.at(-1)?.[0] === tag) {
      inline.children[open.pop()[1]].type = `${tag}_open`;
      child.type = `${tag}_close`;
    }
  });
};

/** Give each cell the paragraph that the schema wants in it. */
const fillCells = (tokens) =>
  tokens.flatMap((token) => {
    const make = (type) => Object.assign(Object.create(Object.getPrototypeOf(token)), { type, children: null, attrs: null, meta: null });
    if (/^t[hd]_open$/.test(token.type)) return [token, make("paragraph_open")];
    if (/^t[hd]_close$/.test(token.type)) return [make("paragraph_close"), token];
    return [token];
  });

const prepared = (tokens) => {
  markCallouts(tokens);
  takeCaptions(tokens);
  tokens.filter((token) => token.type === "inline").forEach(pairTags);
  return fillCells(tokens);
};

const isTight = (tokens, at) => {
  for (let next = at + 1; next < tokens.length && tokens[next].level > tokens[at].level; next += 1) if (tokens[next].type === "paragraph_open" && tokens[next].level === tokens[at].level + 2) return tokens[next].hidden;
  return true;
};
const aligned = (token) => ({ align: /text-align:(left|right|center)/.exec(token.attrGet("style") ?? "")?.[1] ?? null });
const nothing = { ignore: true, noCloseToken: true };

const READS = {
  paragraph: { block: "paragraph" },
  blockquote: { block: "blockquote" },
  callout: { block: "callout", getAttrs: (token) => token.meta },
  heading: { block: "heading", getAttrs: (token) => ({ level: Number(token.tag[1]) }) },
  bullet_list: { block: "bulletList", getAttrs: (_token, tokens, at) => ({ tight: isTight(tokens, at) }) },
  ordered_list: { block: "orderedList", getAttrs: (token, tokens, at) => ({ start: Number(token.attrGet("start") ?? 1), tight: isTight(tokens, at) }) },
  list_item: { block: "listItem" },
  code_block: { block: "codeBlock", noCloseToken: true },
  fence: { block: "codeBlock", getAttrs: (token) => ({ language: token.info.trim() || null }), noCloseToken: true },
  hr: { node: "horizontalRule" },
  html_block: { node: "rawBlock", getAttrs: (token) => ({ source: token.content.replace(/\n+$/, "") }) },
  html_inline: { node: "rawInline", getAttrs: (token) => ({ source: token.content }) },
  image: { node: "picture", getAttrs: (token) => ({ src: token.attrGet("src"), alt: token.content, title: token.attrGet("title") || null }) },
  hardbreak: { node: "hardBreak" },
  em: { mark: "italic" },
  strong: { mark: "bold" },
  s: { mark: "strike" },
  link: { mark: "link", getAttrs: (token) => ({ href: token.attrGet("href"), title: token.attrGet("title") || null }) },
  code_inline: { mark: "code", noCloseToken: true },
  ...Object.fromEntries(Object.entries(MARKS).map(([tag, name]) => [tag, { mark: name }])),
  table: { block: "table" },
  thead: { ignore: true }, tbody: { ignore: true },
  tr: { block: "tableRow" },
  th: { block: "tableHeader", getAttrs: aligned },
  td: { block: "tableCell", getAttrs: aligned },
  nothing,
  container_details: { block: "fold", getAttrs: (token) => ({ summary: infoOf(token) }) },
  container_tabs: { block: "tabs" },
  container_tab: { block: "tab", getAttrs: (token) => ({ title: infoOf(token) }) },
  container_video: { block: "film", getAttrs: (token) => ({ ...targetOf(token), captions: token.meta?.captions ?? [] }) },
  container_file: { block: "fileBlock", getAttrs: targetOf },
  container_check: { block: "check", getAttrs: (token) => ({ name: infoOf(token) }) },
};

/** The lines of a text that each of its outermost blocks takes, with what stands between it and the block before. */
const slicesOf = (source, tokens) => {
  const lines = source.split("\n");
  let from = 0;
  return tokens.filter((token) => token.level === 0 && token.nesting >= 0 && token.map).map((token) => {
    // A block's map may count the empty lines after it.
    let end = token.map[1];
    while (end > token.map[0] + 1 && lines[end - 1].trim() === "") end -= 1;
    const slice = { gap: lines.slice(from, token.map[0]), text: lines.slice(token.map[0], end).join("\n") };
    from = end;
    return slice;
  });
};

/** Return the document of a Markdown text, and what `write` needs to give back as it was what nobody changes. */
export const read = (schema, source) => {
  const text = source.replace(/\r\n?/g, "\n");
  const nodes = new WeakMap();
  let slices = [];
  const tokenizer = {
    parse: (content) => {
      const env = {};
      const tokens = grammar.parse(content, env);
      // Links that are defined elsewhere in the text cannot be moved with their block alone: then all is written anew.
      if (!env.references) slices = slicesOf(content, tokens);
      return prepared(tokens);
    },
  };
  const doc = new MarkdownParser(schema, tokenizer, READS).parse(text);
  if (slices.length === doc.childCount) doc.forEach((node, _offset, at) => nodes.set(node, { ...slices[at], follows: at > 0 ? doc.child(at - 1) : null }));
  return { doc, written: { doc, text, nodes } };
};

const longest = (text, pattern) => Math.max(0, ...[...text.matchAll(pattern)].map(([run]) => run.length));
const spaced = (address) => (/[\s<>]/.test(address) || address === "" ? `<${address.replaceAll(/[<>\n]/g, encodeURIComponent)}>` : address);
const oneLine = (text) => text.replaceAll(/\s+/g, " ").trim();

/** Render blocks with empty lines between them, whatever list they lie in. */
const apart = (state, node) => {
  const around = state.inTightList;
  state.inTightList = false;
  state.renderContent(node);
  state.inTightList = around;
};

const contained = (name, info) => (state, node) => {
  // One colon more than any line of colons within, be it a block of ours or a line of code.
  const within = writer.serialize(node.type.schema.topNodeType.create(null, node.content));
  const colons = ":".repeat(Math.max(3, longest(within, /(?<=^[ \t]*):{3,}/gm) + 1));
  state.write(`${colons} ${name}${info(node) ? ` ${info(node)}` : ""}\n`);
  if (node.type.name === "film" && node.attrs.captions.length > 0) {
    for (const { address, words } of node.attrs.captions) { state.write(`[${state.esc(words)}](${spaced(address)})`); state.ensureNewLine(); }
    if (node.childCount > 0) state.write("\n");
  }
  apart(state, node);
  state.flushClose(1);
  state.ensureNewLine();
  state.write(colons);
  state.closeBlock(node);
};
const target = ({ attrs: { address, title } }) => `${spaced(address)} ${oneLine(title)}`.trim();

/** A list stays close only if no item of it needs an empty line within: a bullet alone below a line would make that a heading. */
const closed = (list) => {
  let close = list.attrs.tight;
  list.forEach((item) => {
    const second = item.maybeChild(1);
    if (item.childCount > 2 || (second && (!second.type.isInGroup("list") || second.firstChild.textContent.trim() === ""))) close = false;
  });
  return list.type.create({ ...list.attrs, tight: close }, list.content);
};

/** What the block above begins with, while the outermost blocks are written one by one. */
let above = "";

/** Whether a list must look different from the plain way: below another it would grow together, and three dashes in a row are a rule. */
const isOther = (parent, index) => {
  if (parent.type.name === "doc") return /^(?:- ?|\d+\.)/.test(above);
  let first = index;
  while (first > 0 && parent.child(first - 1).type === parent.child(index).type) first -= 1;
  return (index - first + (parent.type.name === "listItem" && first === 0 ? 1 : 0)) % 2 === 1;
};

const cellText = (cell) => {
  const line = writer.serialize(cell.type.schema.topNodeType.create(null, cell.content)).trim();
  return line.replaceAll("\\\n", "<br>").replaceAll("\n", " ").replaceAll(/\\?\|/g, "\\|");
};

const writer = new MarkdownSerializer({
  paragraph(state, node) {
    // Two empty paragraphs cannot be told from one blank line: nothing is lost but the emptiness.
    if (node.childCount > 0) state.renderInline(node);
    state.out = state.out.replace(/(?<=[^\s>]) +$/, "");
    state.closeBlock(node);
  },
  blockquote(state, node) { state.wrapBlock("> ", null, node, () => apart(state, node)); },
  callout(state, node) {
    state.wrapBlock("> ", null, node, () => {
      state.write(`[!${node.attrs.kind.toUpperCase()}]\n`);
      // An alert's text follows its mark at once when it is a paragraph; anything else needs the empty line.
      if (node.firstChild?.type.name !== "paragraph") state.write("\n");
      apart(state, node);
    });
  },
  heading(state, node) {
    state.write(`${"#".repeat(node.attrs.level)} `);
    state.inHeading = true;
    state.renderInline(node, false);
    state.inHeading = false;
    // A closing row of # would not be shown.
    state.out = state.out.replace(/#$/, "\\#");
    state.closeBlock(node);
  },
  bulletList(state, node, parent, index) { state.renderList(closed(node), "  ", () => (isOther(parent, index) ? "* " : "- ")); },
  orderedList(state, node, parent, index) {
    const widest = String(node.attrs.start + node.childCount - 1).length;
    const mark = isOther(parent, index) ? ")" : ".";
    state.renderList(closed(node), " ".repeat(widest + 2), (at) => `${`${node.attrs.start + at}${mark}`.padEnd(widest + 1)} `);
  },
  listItem(state, node) { state.renderContent(node); },
  codeBlock(state, node) {
    const fence = "`".repeat(Math.max(3, longest(node.textContent, /`+/g) + 1));
    state.write(`${fence}${node.attrs.language ?? ""}\n`);
    state.text(node.textContent, false);
    state.write("\n");
    state.write(fence);
    state.closeBlock(node);
  },
  horizontalRule(state, node, parent) { state.write(parent.type.name === "listItem" ? "___" : "---"); state.closeBlock(node); },
  rawBlock(state, node) { state.text(node.attrs.source, false); state.closeBlock(node); },
  rawInline(state, node) { state.text(node.attrs.source, false); },
  hardBreak(state, node, parent, index) {
    let goesOn = false;
    for (let next = index + 1; next < parent.childCount; next += 1) goesOn ||= parent.child(next).type !== node.type && /\S/.test(parent.child(next).text ?? "x");
    // A heading is one line, and no line can begin with a backslash alone.
    if (goesOn) state.write(state.inHeading || index === 0 ? "<br>" : "\\\n");
  },
  picture(state, { attrs: { src, alt, title } }) {
    state.write(`![${state.esc(alt)}](${/[\s()<>]/.test(src) ? spaced(src) : src}${title ? ` ${state.quote(title)}` : ""})`);
  },
  table(state, node) {
    const rows = [];
    node.forEach((row) => { const cells = []; row.forEach((cell) => cells.push(cellText(cell))); rows.push(cells); });
    const marks = [];
    node.firstChild.forEach((cell) => marks.push({ left: ":--", right: "--:", center: ":-:" }[cell.attrs.align] ?? "---"));
    const [head, ...body] = rows;
    [head, marks, ...body].forEach((cells, at, all) => { state.write(`| ${cells.join(" | ")} |`); if (at < all.length - 1) state.ensureNewLine(); });
    state.closeBlock(node);
  },
  fold: contained("details", ({ attrs }) => oneLine(attrs.summary)),
  tabs: contained("tabs", () => ""),
  tab: contained("tab", ({ attrs }) => oneLine(attrs.title)),
  film: contained("video", target),
  fileBlock: contained("file", target),
  check(state, node) { state.write(`::: check ${oneLine(node.attrs.name)}\n`); state.write(":::"); state.closeBlock(node); },
  text(state, node) {
    // Spaces that open a line mean nothing, or code.
    const opens = state.atBlockStart || state.atBlank();
    state.atBlockStart = opens;
    state.text(opens ? node.text.trimStart() : node.text);
  },
}, {
  italic: { open: "*", close: "*", mixable: true, expelEnclosingWhitespace: true },
  bold: { open: "**", close: "**", mixable: true, expelEnclosingWhitespace: true },
  strike: { open: "~~", close: "~~", mixable: true, expelEnclosingWhitespace: true },
  ...Object.fromEntries(Object.entries(MARKS).map(([tag, name]) => [name, { open: `<${tag}>`, close: `</${tag}>`, mixable: true }])),
  link: {
    open: "[",
    close: (state, { attrs: { href, title } }) => `](${spaced(href.replaceAll(/[()"]/g, "\\$&"))}${title ? ` ${state.quote(title)}` : ""})`,
    mixable: true,
  },
  code: {
    open: (_state, _mark, parent, index) => ticks(parent.child(index).text, -1),
    close: (_state, _mark, parent, index) => ticks(parent.child(index - 1).text, 1),
    escape: false,
  },
}, {
  hardBreakNodeName: "hardBreak",
  // What would be a tag, an entity, a block of ours, a heading's underline or a table.
  escapeExtraCharacters: /[<|]|&(?=#?\w{1,32};)|^:(?=::)|^=(?==*$)|^~(?=~~)/g,
});

const ticks = (text, side) => {
  const wrap = "`".repeat(longest(text, /`+/g) + 1);
  const pad = /^`|`$|^ .* $/s.test(text) && text.trim() !== "" ? " " : "";
  return side < 0 ? wrap + pad : pad + wrap;
};

/** Return a document as Markdown that ends with one line end; `written` (of `read`) keeps what nobody changed as it was. */
export const write = (doc, written = { nodes: new WeakMap() }) => {
  if (written.doc?.eq(doc)) return written.text;
  let out = "";
  let begun = 0;
  let last = null;
  doc.forEach((node) => {
    const kept = written.nodes.get(node);
    above = last?.type === node.type ? out.slice(begun) : "";
    const text = kept ? kept.text : writer.serialize(doc.type.create(null, [node])).replace(/\n+$/, "");
    const gap = kept && kept.follows === last && (last === null || written.nodes.has(last)) ? kept.gap : null;
    if (out === "") out = `${(gap ?? []).map((line) => `${line}\n`).join("")}${text}`;
    else if (text !== "") out += `\n${(gap ?? [""]).map((line) => `${line}\n`).join("")}${text}`;
    begun = out.length - text.length;
    last = node;
  });
  return out === "" ? "" : `${out}\n`;
};
