// Builds static/dist from static/css, static/js, static/img and static/fonts; the same bytes on every machine.
//   node static/build.mjs           write
//   node static/build.mjs --check   fail if what is committed differs from what would be written, or a budget is broken
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { characters, fallbacks, faces, pressed, shared } from "./fonts/faces.mjs";
import { pointsOf, rangesOf } from "./fonts/points.mjs";
import { lucide, own } from "./img/icons.mjs";

const subsetFont = createRequire(import.meta.url)("subset-font");
const fontverter = createRequire(createRequire(import.meta.url).resolve("subset-font"))("fontverter");
const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const checking = process.argv.includes("--check");

// Gzipped bytes. A page that is no editor or player loads the style sheet, guildhall.js and the sprite.
const budgets = { "guildhall.css": 15_000, "guildhall.js": 25_000, "package.js": 4_000, "scorm12.js": 40_000, "scorm2004.js": 85_000, "icons.svg": 12_000, "inter-latin.woff2": 40_000 };

const hashed = (name, bytes) => {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  return `${basename(name, extname(name))}-${hash}${extname(name)}`;
};

/** Return the cut of one font as {woff2, points}: the bytes, and the characters that it draws. */
const cutFont = async (path, text, options) => {
  const cut = await subsetFont(readFileSync(path), text, { ...options, targetFormat: "sfnt", noHinting: true });
  return { woff2: Buffer.from(await fontverter.convert(cut, "woff2")), points: pointsOf(cut) };
};

/** Return {path: bytes} of the cut fonts, the licences of what we take over, the style sheet that declares them and the table for paper. */
const buildVendored = async () => {
  const written = new Map();
  const source = (from) => join(modules, "@fontsource-variable", from);
  const own = {};
  for (const face of [...faces, ...pressed]) {
    const { woff2 } = await cutFont(join(source(face.from), "files", `${face.file}.woff2`), characters(face.ranges), {
      keepFeatures: face.features, variationAxes: { wght: face.weights },
    });
    written.set(`${pressed.includes(face) ? "print" : "fonts"}/${face.name}.woff2`, woff2);
    written.set(`fonts/LICENSE-${face.from}.txt`, readFileSync(join(source(face.from), "LICENSE")));
    if (pressed.includes(face)) own[`${face.name}.woff2`] = face.family;
  }
  written.set("img/LICENSE-lucide.txt", readFileSync(join(modules, "lucide-static", "LICENSE")));
  const rules = faces.map((face) => `@font-face {
  font-family: "${face.family}"; font-weight: ${face.weights.min} ${face.weights.max}; font-display: swap;
  src: url("../fonts/${face.name}.woff2") format("woff2");
  unicode-range: ${face.ranges.replaceAll(",", ", ")};
}`);
  const head = "/* Written by static/build.mjs from static/fonts/faces.mjs. A page loads only the ranges its text needs. */";
  written.set("css/fonts.css", Buffer.from([head, ...rules, ""].join("\n")));
  const fallback = await buildFallbacks(source, written);
  written.set("print/coverage.json", Buffer.from(`${JSON.stringify({ families: own, fallback }, null, 0)}\n`));
  return written;
};

/** Add the fonts that letters fall back on to `written`, and return {file: the ranges it has and no earlier one}. */
const buildFallbacks = async (source, written) => {
  const taken = new Set();
  const found = {};
  for (const { from, cut, slices } of fallbacks) {
    const ranges = JSON.parse(readFileSync(join(source(from), "unicode.json"), "utf8"));
    // The packages number their slices from the rarest letters to the most common.
    const named = slices ? Object.keys(ranges).map((name) => name.replace(/[[\]]/g, "")).toSorted((a, b) => b.localeCompare(a, "en", { numeric: true })) : [cut];
    for (const name of named) {
      const wanted = pointsIn(ranges[name] ?? ranges[`[${name}]`]).filter((point) => !taken.has(point) && !shared.includes(point));
      if (wanted.length === 0) continue;
      const text = String.fromCodePoint(...wanted, ...shared);
      const { woff2, points } = await cutFont(join(source(from), "files", `${from}-${name}-wght-normal.woff2`), text, { variationAxes: { wght: 400 } });
      const added = points.filter((point) => !taken.has(point) && !shared.includes(point));
      if (added.length === 0) continue;
      for (const point of added) taken.add(point);
      const file = slices ? `${from}-${name}.woff2` : `noto-sans-${cut}.woff2`;
      written.set(`print/noto/${file}`, woff2);
      found[`noto/${file}`] = rangesOf(added);
    }
    written.set(`fonts/LICENSE-${from}.txt`, readFileSync(join(source(from), "LICENSE")));
  }
  return found;
};

/** Return the code points of a CSS unicode-range list. */
const pointsIn = (ranges) => Array.from(characters(ranges), (sign) => sign.codePointAt(0));

/** Return one SVG document in which every glyph is a symbol under our own name; the drawing page paints it. */
const buildSprite = () => {
  const inner = (name) =>
    readFileSync(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8")
      .replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "").replaceAll(" />", "/>");
  const glyphs = { ...Object.fromEntries(Object.entries(lucide).map(([name, shape]) => [name, inner(shape)])), ...own };
  const symbols = Object.entries(glyphs).sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, shape]) => `<symbol id="${name}" viewBox="0 0 24 24">${shape}</symbol>`);
  const licence = "<!-- Shapes from Lucide, ISC licence, https://lucide.dev/license -->";
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join("")}</svg>\n`);
};

/** Return {path: bytes} of everything served: hashed names, and the manifest that knows them by their plain ones. */
const buildDist = async () => {
  const manifest = {};
  const written = new Map();
  const add = (name, bytes) => {
    manifest[name] = hashed(name, bytes);
    written.set(`dist/${manifest[name]}`, bytes);
  };
  for (const face of faces) add(`${face.name}.woff2`, readFileSync(join(here, "fonts", `${face.name}.woff2`)));
  add("icons.svg", buildSprite());
  add("mark.svg", readFileSync(join(here, "img", "mark.svg")));

  const scripts = readdirSync(join(here, "js")).filter((name) => name.endsWith(".js")).sort();
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ["css/guildhall.css", "css/package_stage.css", "css/editor.css", "css/kinds.css", "css/gaps.css", "css/places.css", "css/chart.css", "css/certification.css", "css/designer.css", ...scripts.map((name) => `js/${name}`)],
    outdir: "dist", entryNames: "[name]", write: false, bundle: true, minify: true, format: "esm", charset: "utf8",
    legalComments: "none", logLevel: "warning", target: ["chrome123", "firefox128", "safari17.5"],
    plugins: [{
      name: "hashed-fonts",
      setup: (build) => build.onResolve({ filter: /\.woff2$/ }, ({ path }) => ({ path: manifest[basename(path)], external: true })),
    }],
  });
  for (const file of result.outputFiles.toSorted((a, b) => (a.path < b.path ? -1 : 1))) add(basename(file.path), Buffer.from(file.contents));

  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  written.set("dist/manifest.json", Buffer.from(`${JSON.stringify(sorted, null, 2)}\n`));
  return { manifest: sorted, written };
};

const stale = [];
const land = (files) => {
  for (const [path, bytes] of files) {
    const target = join(here, path);
    if (existsSync(target) && readFileSync(target).equals(bytes)) continue;
    if (checking) { stale.push(`static/${path} differs from what the sources build`); continue; }
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
};

land(await buildVendored());
const { manifest, written } = await buildDist();
land(written);
mkdirSync(join(here, "dist"), { recursive: true });
for (const name of readdirSync(join(here, "dist"))) {
  if (written.has(`dist/${name}`)) continue;
  if (checking) stale.push(`static/dist/${name} is built from nothing`);
  else rmSync(join(here, "dist", name));
}

for (const [name, limit] of Object.entries(budgets)) {
  const bytes = written.get(`dist/${manifest[name]}`);
  const size = name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  console.log(`${name.padEnd(20)} ${String(size).padStart(6)} of ${limit} bytes`);
  if (size > limit) stale.push(`${name} weighs ${size} bytes gzipped; its budget is ${limit}`);
}
if (stale.length > 0) {
  console.error(stale.join("\n"));
  process.exit(1);
}
if (!checking) console.log(`wrote ${relative(process.cwd(), join(here, "dist"))}`);
