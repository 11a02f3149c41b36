// Tables: search, sort and save. Every row is in the page; those beyond the first ones wait in a second, hidden body.
// The same script serves the report and JupyterLab. Text of articles is only read and moved, never made into markup.
const SHOWN = 200;
const collator = new Intl.Collator("en", {numeric: true});
const number = text => /^[-+]?[\d,]*\.?\d+ ?%?$/.test(text) ? parseFloat(text.replace(/[,%]/g, "")) : null;
const make = (tag, given) => Object.assign(document.createElement(tag), given);

// What a cell holds, to save it: evidence as the names of its sentences, a number with all its digits.
function plain(cell) {
  const links = [...cell.querySelectorAll("a.ref")].map(link => link.textContent);
  if (cell.classList.contains("evidence") && links.length) return links.join("; ");
  return cell.dataset.value ?? cell.textContent.trim();
}

// What a cell is sorted by: how many sentences; of a keyword's left context the nearest word first.
function key(cell) {
  const summary = cell.querySelector("summary");
  const text = cell.dataset.value ?? (summary || cell).textContent.trim();
  return cell.classList.contains("before") ? text.split(/[^\p{L}\p{N}]+/u).reverse().join(" ").trim() : text;
}

function content(table) {
  const heads = [...table.tHead.rows[0].cells];
  const names = heads.map(head => head.textContent), numeric = heads.map(head => head.classList.contains("num"));
  const rows = table.allRows.map(row => [...row.cells].map((cell, i) => {
    const text = plain(cell);
    return text === "" ? null : numeric[i] ? number(text) : text;
  }));
  return {names, numeric, rows};
}

// The state of a table: words that are looked for, the column and direction it is sorted by.
function arrange(table, {words, column, up}, status) {
  const text = row => row.searched ??= row.textContent.toLowerCase();
  let found = table.allRows.filter(row => words.every(word => text(row).includes(word)));
  if (column !== null) {
    const keyed = found.map(row => [key(row.cells[column]), row]);
    const numeric = keyed.every(([k]) => k === "" || number(k) !== null);
    const order = numeric ? (a, b) => number(a) - number(b) : collator.compare;
    keyed.sort(([a], [b]) => (a === "") - (b === "") || (a === "" ? 0 : up ? order(a, b) : order(b, a)));
    found = keyed.map(([, row]) => row);
  }
  const kept = new Set(found);
  table.tBodies[0].replaceChildren(...found.slice(0, SHOWN));
  table.tBodies[1].replaceChildren(...found.slice(SHOWN), ...table.allRows.filter(row => !kept.has(row)));
  const more = found.length > SHOWN ? ", the first " + SHOWN + " shown" : "";
  status.textContent = words.length || more ? found.length + " of " + table.allRows.length + " rows" + more : "";
}

function save(table, format) {
  const given = content(table), name = table.id + "." + {CSV: "csv", Excel: "xlsx", Parquet: "parquet"}[format];
  const link = make("a", {download: name, href: URL.createObjectURL(new Blob([{CSV: toCsv, Excel: toExcel, Parquet: toParquet}[format](given)]))});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function tools(table) {
  if (table.allRows || table.closest(".panel") || table.querySelector("td[colspan]")) return;
  table.allRows = [...table.tBodies].flatMap(body => [...body.rows]);
  if (table.tBodies.length < 2) table.append(make("tbody", {hidden: true}));
  const state = {words: [], column: null, up: true};
  const bar = make("div", {className: "table-tools"}), status = make("span", {role: "status"});
  bar.dataset.lmSuppressShortcuts = "true";  // in JupyterLab letters typed here are no commands
  if (table.allRows.length > 1) [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = make("button", {type: "button", textContent: head.textContent});
    button.addEventListener("click", () => {
      Object.assign(state, {column, up: head.getAttribute("aria-sort") !== "ascending"});
      table.querySelectorAll("th[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", state.up ? "ascending" : "descending");
      arrange(table, state, status);
    });
    head.replaceChildren(button);
  });
  if (table.allRows.length > 7) {
    const label = make("label", {textContent: "Search "}), field = make("input", {type: "search", id: "search-" + table.id});
    field.addEventListener("input", () => {
      state.words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      arrange(table, state, status);
    });
    label.append(field);
    bar.append(label);
  }
  const files = make("span", {className: "files", textContent: "Download " + table.allRows.length.toLocaleString("en") + (table.allRows.length === 1 ? " row" : " rows")});
  for (const format of ["CSV", "Excel", "Parquet"]) {
    const button = make("button", {type: "button", textContent: format, ariaLabel: "Download " + format});
    button.addEventListener("click", () => save(table, format));
    files.append(" ", button);
  }
  bar.append(status, files);
  table.closest(".table-box").before(bar);
}
