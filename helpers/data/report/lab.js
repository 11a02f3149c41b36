// JupyterLab: the tools for every table of the notebook, those that come later included. STYLE is set before this.
document.head.append(make("style", {textContent: STYLE}));
let waiting = 0;
const enhance = () => { waiting = 0; document.querySelectorAll("table.data").forEach(tools); };
new MutationObserver(() => { waiting ||= setTimeout(enhance, 50); }).observe(document.body, {childList: true, subtree: true});
enhance();
