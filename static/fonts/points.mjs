// Which characters a font has: read from the cmap table of an sfnt file (formats 4 and 12).

/** Return the code points that the font of these bytes maps to a glyph, in order. */
export const pointsOf = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = Array.from({ length: view.getUint16(4) }, (_, at) => 12 + 16 * at);
  const cmap = view.getUint32(tables.find((at) => view.getUint32(at) === 0x636d6170) + 8);
  const points = new Set();
  for (let at = 0; at < view.getUint16(cmap + 2); at += 1) {
    const table = cmap + view.getUint32(cmap + 4 + 8 * at + 4);
    const format = view.getUint16(table);
    if (format === 4) readSegments(view, table, points);
    else if (format === 12) readGroups(view, table, points);
  }
  return [...points].toSorted((a, b) => a - b);
};

const readSegments = (view, table, points) => {
  const count = view.getUint16(table + 6) / 2;
  for (let at = 0; at < count; at += 1) {
    const end = view.getUint16(table + 14 + 2 * at);
    const start = view.getUint16(table + 16 + 2 * (count + at));
    const delta = view.getUint16(table + 16 + 2 * (2 * count + at));
    const place = table + 16 + 2 * (3 * count + at);
    const offset = view.getUint16(place);
    for (let point = start; point <= end && point < 0xffff; point += 1) {
      const raw = offset === 0 ? point : view.getUint16(place + offset + 2 * (point - start));
      if (raw !== 0 && ((raw + delta) & 0xffff) !== 0) points.add(point);
    }
  }
};

const readGroups = (view, table, points) => {
  for (let at = 0; at < view.getUint32(table + 12); at += 1) {
    const group = table + 16 + 12 * at;
    for (let point = view.getUint32(group); point <= view.getUint32(group + 4); point += 1) points.add(point);
  }
};

/** Return ordered code points as [first, last, first, last, …]. */
export const rangesOf = (points) => {
  const found = [];
  for (const point of points) {
    if (found.length > 0 && found.at(-1) === point - 1) found[found.length - 1] = point;
    else found.push(point, point);
  }
  return found;
};
