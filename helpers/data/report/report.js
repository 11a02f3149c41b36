"use strict";
// Theme: follows the system until the reader says otherwise.
const root = document.documentElement, theme = document.getElementById("theme");
const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const label = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
theme.hidden = false;
theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); });
label();

// Tables: search, sort by a column, download what is there as CSV. Evidence opened in a cell stays with its row.
const plain = cell => { const copy = cell.cloneNode(true); copy.querySelectorAll("details ul").forEach(e => e.remove()); return copy.textContent.trim(); };
const inert = text => /^[=+\-@\t\r]/.test(text) && isNaN(text) ? "'" + text : text;
const quoted = text => '"' + inert(text).replace(/"/g, '""') + '"';
const numeric = text => { const n = parseFloat(text.replace(/[,\s%]/g, "")); return isNaN(n) ? null : n; };

function download(table) {
  const rows = [...table.rows].map(row => [...row.cells].map(cell => quoted(plain(cell))).join(","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff" + rows.join("\r\n")], {type: "text/csv"}));
  link.download = table.id + ".csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function sort(table, column, head) {
  const up = head.getAttribute("aria-sort") !== "ascending";
  table.querySelectorAll("th[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const keyed = [...table.tBodies[0].rows].map(row => [plain(row.cells[column]), row]);
  keyed.sort(([a], [b]) => {
    const x = numeric(a), y = numeric(b);
    const order = x !== null && y !== null ? x - y : a.localeCompare(b);
    return (a === "") - (b === "") || (up ? order : -order);
  });
  table.tBodies[0].append(...keyed.map(([, row]) => row));
}

function search(table, words, status) {
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
    shown += !row.hidden;
  }
  status.textContent = words.length ? shown + " of " + table.tBodies[0].rows.length + " rows" : "";
}

function tools(table) {
  const body = table.tBodies[0];
  if (body.rows.length < 2) return;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(table, column, head));
    head.replaceChildren(button);
  });
  const bar = document.createElement("div"), status = document.createElement("span"), save = document.createElement("button");
  bar.className = "table-tools";
  status.setAttribute("role", "status");
  save.type = "button";
  save.textContent = "Download CSV";
  save.addEventListener("click", () => download(table));
  if (body.rows.length > 7) {
    const field = document.createElement("input"), name = document.createElement("label");
    field.type = "search";
    field.id = "search-" + table.id;
    name.htmlFor = field.id;
    name.textContent = "Search";
    field.addEventListener("input", () => search(table, field.value.toLowerCase().split(/\s+/).filter(Boolean), status));
    bar.append(name, field);
  }
  bar.append(save, status);
  table.closest(".table-box").before(bar);
}
document.querySelectorAll("table.data").forEach(tools);

// Reader: layers on and off, one or two articles side by side, the sentence that a link names shown wherever it stands.
const articles = document.querySelector(".articles");
if (articles) {
  const pick = [...document.querySelectorAll(".controls select")];
  document.querySelectorAll("[data-layer]").forEach(box => box.addEventListener("change", () =>
    document.querySelectorAll(".articles .text").forEach(text => text.classList.toggle("on-" + box.dataset.layer, box.checked))));
  const prefix = articles.dataset.prefix || "";  // in the single file every id bears its page's name
  const arrange = () => {
    const [left, right] = pick.map(select => select.value && prefix + select.value);
    const all = [...articles.children];
    articles.classList.toggle("side", left !== "" && right !== "");
    all.forEach(each => { each.hidden = left + right !== "" && each.id !== left && each.id !== right; });
    all.forEach(each => { each.style.order = each.id === left ? -2 : each.id === right ? -1 : 0; });
  };
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const article = target && target.closest("article");
    if (!article) return;
    if (article.hidden) { pick[pick[0].value === "" ? 0 : 1].value = article.id.slice(prefix.length); arrange(); }
    document.querySelectorAll(".s.target").forEach(each => each.classList.remove("target"));
    target.classList.add("target");
    target.scrollIntoView({block: "center"});
    target.focus({preventScroll: true});
  };
  pick.forEach(select => select.addEventListener("change", arrange));
  addEventListener("hashchange", reveal);
  reveal();
}
