// Speaks for static/js/editor/markdown.js: a line of JSON in (a Markdown text), a line of JSON out (what the editor makes of it).
import { createInterface } from "node:readline";
import { getSchema } from "@tiptap/core";
import { read, write } from "../../static/js/editor/markdown.js";
import { extensions } from "../../static/js/editor/schema.js";

const schema = getSchema(extensions());
for await (const line of createInterface({ input: process.stdin })) {
  const source = JSON.parse(line);
  const { doc, written } = read(schema, source);
  doc.check();
  const anew = write(doc);
  const again = write(read(schema, anew).doc);
  const first = doc.firstChild && doc.copy(doc.content.replaceChild(0, schema.node("paragraph", null, [schema.text("New words.")])));
  console.log(JSON.stringify({
    kept: write(doc, written), anew, again, settled: write(read(schema, again).doc),
    // The text after somebody rewrote its first block.
    edited: first ? write(first, written) : "",
  }));
}
