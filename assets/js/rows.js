// Keys of a list of rows, and of a case, beside those of workspace.js: j and k walk through the rows, x marks the task of the row as done or ticks its box, o opens
// what the row is about, and letters of fields put the cursor there. A link that ticks every box of its page ticks them in place, and the number of ticks is shown.
// Without it every one of them is a link or a button.
const rows = () => [...document.querySelectorAll("[data-row]")];
const boxes = () => [...document.querySelectorAll("[data-row] input[type=checkbox]")];

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

function count() {
  const shown = document.querySelector("[data-ticked]");
  if (!shown) return;
  const number = boxes().filter((box) => box.checked).length;
  shown.textContent = number + Number(shown.dataset.ticked || 0);
  shown.parentElement.hidden = false;
}

document.addEventListener("keydown", (event) => {
  const onBox = event.target.matches?.("[data-row] input[type=checkbox]");
  // Enter on a box would press the first button of its form.
  if (event.key === "Enter" && onBox) event.preventDefault();
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]") && !onBox;
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

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-tick-all]")) return;
  event.preventDefault();
  const all = boxes();
  const tick = all.some((box) => !box.checked);
  for (const box of all) box.checked = tick;
  count();
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-row] input[type=checkbox]")) count();
});
// What was tabbed to is the row from which j and k go on.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row || row.hasAttribute("aria-current")) return;
  rows().forEach((each) => each.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
});
count();
// On a page that asks about what was ticked the keyboard goes on in its form.
document.querySelector("[data-focus-first]")?.querySelector("input:not([type=hidden]), textarea")?.focus();
