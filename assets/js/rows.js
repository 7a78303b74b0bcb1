// Keys of a list of rows, and of a case, beside those of workspace.js: j and k walk, x marks the task of the row as done or ticks its box, o
// opens it, and letters of fields put the cursor there. Without it every one of them is a link or a button.
const rows = () => [...document.querySelectorAll("[data-row]")];

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
  all.forEach((row) => row.removeAttribute("aria-current"));
  next.setAttribute("aria-current", "true");
  (next.querySelector("a") ?? next).focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = document.querySelector("[data-row][aria-current]");
  const field = /^[a-z]$/.test(event.key) && document.querySelector(`[data-focus-key="${event.key}"]`);
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x") here?.querySelector("[data-done] button, input[type=checkbox]")?.click();
  else if (event.key === "o" && here?.querySelector("[data-open]")) here.querySelector("[data-open]").click();
  else if (field) {
    event.preventDefault();
    field.focus();
  }
});
