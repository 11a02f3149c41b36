"use strict";
// Theme: follows the system until the reader says otherwise.
const root = document.documentElement, theme = document.getElementById("theme");
const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const label = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
theme.hidden = false;
theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); });
label();

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
document.querySelectorAll("table.data").forEach(tools);
