// What the workspace adds for those with script: focus on problems, "/" for search, a key for what a page offers, and a word aloud when a part
// of the page changed.
import "./forms.js";
import "./find.js";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const keyed = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (keyed) {
    event.preventDefault();
    keyed.click();
    return;
  }
  const keys = event.key === "?" && document.querySelector("details[data-keys]");
  if (keys) {
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
    return;
  }
  if (event.key !== "/") return;
  const field = document.querySelector("[data-shortcut='/']");
  if (field && field.offsetParent) {
    event.preventDefault();
    field.focus();
  }
});

// The entry of the page that is open is seen, also where the menu scrolls.
for (const list of document.querySelectorAll(".fl-entries")) {
  const here = list.querySelector("[aria-current]");
  if (here) list.scrollTop = Math.max(0, here.offsetTop - list.offsetTop - list.clientHeight / 2);
}

// What is long and not urgent is closed on a telephone, where its heading and its number are still read. Without script it is open.
if (matchMedia("(max-width: 575.98px)").matches) {
  for (const part of document.querySelectorAll("details[data-fold-narrow]")) {
    if (!part.closest("section")?.querySelector(":target")) part.open = false;
  }
}

const announce = document.getElementById("announce");
document.addEventListener("htmx:after:swap", () => {
  const problem = document.querySelector("[data-focus]");
  if (problem) problem.focus();
  if (announce) announce.textContent = document.querySelector("[data-announce]")?.dataset.announce ?? "";
});
