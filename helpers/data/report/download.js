"use strict";
// A table's rows as the bytes of a file, without a server or a library. Given {names, numeric, rows}: the columns' names, whether each
// holds numbers, and rows of numbers, texts and nulls. What a spreadsheet would run as a formula gets an apostrophe before it.
const inert = value => typeof value === "string" && /^'*[=+\-@\t\r]/.test(value) ? "'" + value : value;
const utf8 = text => new TextEncoder().encode(text);
const little = (n, size) => Array.from({length: size}, (_, i) => Math.floor(n / 2 ** (8 * i)) % 256);

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => { whole.set(part, at); return at + part.length; }, 0);
  return whole;
}

function toCsv({names, rows}) {
  const cell = value => value === null ? "" : typeof value === "number" ? String(value) : '"' + inert(value).replace(/"/g, '""') + '"';
  return "\ufeff" + [names, ...rows].map(row => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

// Excel: a zip archive (stored, not deflated) of five small XML files; texts stand in their cells (ECMA-376, part 1, 18.3.1.53).
function toExcel({names, rows}) {
  const text = value => inert(value).slice(0, 32767).replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const cell = value => value === null ? "<c/>" : typeof value === "number" ? `<c><v>${value}</v></c>`
    : `<c t="inlineStr"><is><t xml:space="preserve">${text(value)}</t></is></c>`;
  const lines = [names, ...rows].map(row => "<row>" + row.map(cell).join("") + "</row>").join("");
  const open = "http://schemas.openxmlformats.org/", book = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
  const relations = (id, kind, target) => `<Relationships xmlns="${open}package/2006/relationships"><Relationship Id="${id}" Type="${open}officeDocument/2006/relationships/${kind}" Target="${target}"/></Relationships>`;
  const files = {
    "[Content_Types].xml": `<Types xmlns="${open}package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Override PartName="/xl/workbook.xml" ContentType="${book}sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${book}worksheet+xml"/></Types>`,
    "_rels/.rels": relations("r1", "officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": `<workbook xmlns="${open}spreadsheetml/2006/main" xmlns:r="${open}officeDocument/2006/relationships"><sheets><sheet name="table" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations("r1", "worksheet", "worksheets/sheet1.xml"),
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${open}spreadsheetml/2006/main"><sheetData>${lines}</sheetData></worksheet>`,
  };
  return zip(Object.entries(files).map(([name, xml]) => [utf8(name), utf8('<?xml version="1.0" encoding="UTF-8"?>' + xml)]));
}

function zip(files) {
  const table = Array.from({length: 256}, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  const crc = bytes => (bytes.reduce((c, byte) => table[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const parts = [], entries = [];
  let at = 0;
  for (const [name, data] of files) {  // what a file's own header and its entry in the directory have in common; the day is 1 January 1980
    const both = [...little(20, 2), ...little(0x800, 2), ...little(0, 4), ...little(33, 2), ...little(crc(data), 4), ...little(data.length, 4), ...little(data.length, 4), ...little(name.length, 2), ...little(0, 2)];
    parts.push([0x50, 0x4b, 3, 4, ...both], name, data);
    entries.push([0x50, 0x4b, 1, 2, ...little(20, 2), ...both, ...little(0, 10), ...little(at, 4)], name);
    at += 30 + name.length + data.length;
  }
  const size = entries.reduce((sum, part) => sum + part.length, 0);
  return joined([...parts, ...entries, [0x50, 0x4b, 5, 6, ...little(0, 4), ...little(files.length, 2), ...little(files.length, 2), ...little(size, 4), ...little(at, 4), 0, 0]]);
}

// Parquet: one row group, one plain uncompressed page a column, descriptions in Thrift's compact protocol (parquet.apache.org/docs/file-format).
const varint = n => { const out = []; for (; n > 127; n = Math.floor(n / 128)) out.push(n % 128 + 128); return [...out, n]; };
const whole = n => varint(2 * n);  // zigzag; no negative number is written
const string = text => { const bytes = utf8(text); return [...varint(bytes.length), ...bytes]; };
const list = (kind, items) => [...(items.length < 15 ? [items.length * 16 + kind] : [0xf0 + kind, ...varint(items.length)]), ...items.flat()];
const struct = fields => {  // fields: [id, kind, bytes], ids ascending
  let last = 0;
  return [...fields.flatMap(([id, kind, bytes]) => { const step = id - last; last = id; return [step * 16 + kind, ...bytes]; }), 0];
};
const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12], [DOUBLE, TEXT] = [5, 6];

function page(values, numeric) {
  const groups = Math.ceil(values.length / 8), levels = new Uint8Array(groups);
  values.forEach((value, i) => { levels[i >> 3] |= (value !== null) << (i & 7); });
  const head = varint(groups * 2 + 1), known = values.filter(value => value !== null);
  const texts = numeric ? [] : known.flatMap(value => { const bytes = utf8(value); return [little(bytes.length, 4), bytes]; });
  const data = joined([little(head.length + groups, 4), head, levels, ...(numeric ? [new Uint8Array(new Float64Array(known).buffer)] : texts)]);
  const about = struct([[1, I32, whole(values.length)], [2, I32, whole(0)], [3, I32, whole(3)], [4, I32, whole(3)]]);
  return joined([struct([[1, I32, whole(0)], [2, I32, whole(data.length)], [3, I32, whole(data.length)], [5, STRUCT, about]]), data]);
}

function toParquet({names, numeric, rows}) {
  const pages = names.map((_, i) => page(rows.map(row => row[i]), numeric[i]));
  const columns = [{name: "table", more: [[5, I32, whole(names.length)]]}, ...names.map((name, i) => ({name, kind: numeric[i] ? DOUBLE : TEXT}))];
  const schema = columns.map(({name, kind, more}) => struct(more ? [[4, BINARY, string(name)], ...more]
    : [[1, I32, whole(kind)], [3, I32, whole(1)], [4, BINARY, string(name)], ...(kind === TEXT ? [[6, I32, whole(0)]] : [])]));
  let at = 4;
  const chunks = pages.map((bytes, i) => {
    const size = whole(bytes.length), start = whole(at);
    at += bytes.length;
    return struct([[2, I64, start], [3, STRUCT, struct([[1, I32, whole(numeric[i] ? DOUBLE : TEXT)], [2, LIST, list(I32, [whole(0), whole(3)])], [3, LIST, list(BINARY, [string(names[i])])],
      [4, I32, whole(0)], [5, I64, whole(rows.length)], [6, I64, size], [7, I64, size], [9, I64, start]])]]);
  });
  const group = struct([[1, LIST, list(STRUCT, chunks)], [2, I64, whole(at - 4)], [3, I64, whole(rows.length)]]);
  const foot = struct([[1, I32, whole(1)], [2, LIST, list(STRUCT, schema)], [3, I64, whole(rows.length)], [4, LIST, list(STRUCT, [group])]]);
  return joined([utf8("PAR1"), ...pages, foot, little(foot.length, 4), utf8("PAR1")]);
}
