// The three families, cut to the characters, weights and features the product uses. static/css/fonts.css is written from this table.
const latin = "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2002-2015,U+2018-201E,U+2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2212,U+2215,U+2248,U+2260,U+2264-2265,U+FEFF,U+FFFD";
const latinExt = "U+0100-0130,U+0132-0151,U+0154-0259,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02DF,U+1E00-1EFF,U+2020-2021,U+20A0-20AB,U+20AD-20C0,U+2113";
const arabic = "U+0600-06FF,U+0750-077F,U+200C-200E,U+2010-2011,U+204F,U+2E41";

const western = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case"];
const arabian = ["init", "medi", "fina", "isol", "rlig", "liga", "calt", "ccmp", "mark", "mkmk", "curs", "kern", "locl"];
const weights = { min: 400, max: 700, default: 400 };

export const faces = [
  { name: "inter-latin", family: "Inter Variable", from: "inter", file: "inter-latin-wght-normal", ranges: latin, features: western, weights },
  { name: "inter-latin-ext", family: "Inter Variable", from: "inter", file: "inter-latin-ext-wght-normal", ranges: latinExt, features: western, weights },
  { name: "source-serif-latin", family: "Source Serif 4 Variable", from: "source-serif-4", file: "source-serif-4-latin-wght-normal", ranges: latin, features: western, weights },
  { name: "source-serif-latin-ext", family: "Source Serif 4 Variable", from: "source-serif-4", file: "source-serif-4-latin-ext-wght-normal", ranges: latinExt, features: western, weights },
  { name: "noto-arabic", family: "Noto Sans Arabic Variable", from: "noto-sans-arabic", file: "noto-sans-arabic-arabic-wght-normal", ranges: arabic, features: arabian, weights },
];

const greek = "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF";
const greekExt = "U+1F00-1FFF";
const cyrillic = "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116";
const cyrillicExt = "U+0460-048F,U+0492-04AF,U+04B2-052F";
const vietnamese = "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB";
const paper = (name, family, from, file, weight, ranges, features = western) =>
  ({ name: `${name}-${weight}`, family, from, file: `${file}-wght-normal`, ranges: `U+0020,${ranges}`, features, weights: weight });
const cuts = { latin, "latin-ext": latinExt, vietnamese, greek, cyrillic, "cyrillic-ext": cyrillicExt };

// The same for paper: one weight per file, because the press cuts a variable font anew for every document. Each holds the space between
// its words. A weight is a family of its own, for a style sheet asks for it by name; print/coverage.json says which file is of which.
export const pressed = [
  ...[[400, ""], [600, " Bold"]].flatMap(([weight, bold]) => [
    ...Object.entries({ ...cuts, "greek-ext": greekExt }).map(([cut, ranges]) =>
      paper(`inter-${cut}`, `Guildhall Sans${bold}`, "inter", `inter-${cut}`, weight, ranges)),
    ...Object.entries(cuts).map(([cut, ranges]) =>
      paper(`source-serif-${cut}`, `Guildhall Serif${bold}`, "source-serif-4", `source-serif-4-${cut}`, weight, ranges)),
  ]),
  paper("noto-arabic", "Guildhall Arabic", "noto-sans-arabic", "noto-sans-arabic-arabic", 400, arabic, arabian),
];

// What letters fall back on where the families above lack them; the press reads a file when a text needs it (print/coverage.json).
// A letter is in the first file that has it and in no other, so that the order in which files are read changes no document.
// Ideographs and Hangul come in slices.
export const fallbacks = [
  ...["latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext"].map((cut) => ({ from: "noto-sans", cut })),
  { from: "noto-sans-arabic", cut: "arabic" },
  { from: "noto-sans-hebrew", cut: "hebrew" },
  { from: "noto-sans-devanagari", cut: "devanagari" },
  { from: "noto-sans-khmer", cut: "khmer" },
  { from: "noto-sans-thai", cut: "thai" },
  { from: "noto-sans-sc", slices: true },
  { from: "noto-sans-jp", slices: true },
  { from: "noto-sans-kr", slices: true },
];
// Spaces, joiners and the dotted circle: marks and ligatures form only inside one file, so each file has its own.
export const shared = [0x20, 0xa0, 0x200c, 0x200d, 0x25cc];

/** Return every character of a CSS unicode-range list, as the text a subset is cut to. */
export const characters = (ranges) =>
  ranges.split(",").map((range) => {
    const [first, last = first] = range.replace("U+", "").split("-").map((hex) => Number.parseInt(hex, 16));
    return Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join("");
  }).join("");
