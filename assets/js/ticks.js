// Boxes of a list: a link that ticks all of the page ticks them in place, and their number is shown. On the page that asks about what was ticked the keyboard
// goes on in its form. Without it the link opens the page with all of them ticked.
const box = "[data-row] input[type=checkbox]";

function count() {
  const shown = document.querySelector("[data-ticked]");
  if (!shown) return;
  shown.textContent = document.querySelectorAll(`${box}:checked`).length + Number(shown.dataset.ticked);
  shown.parentElement.hidden = false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-tick-all]")) return;
  event.preventDefault();
  const all = [...document.querySelectorAll(box)];
  const tick = all.some((each) => !each.checked);
  for (const each of all) each.checked = tick;
  count();
});
document.addEventListener("change", count);
document.addEventListener("keydown", (event) => {
  // Enter on a box would press the first button of its form.
  if (event.key === "Enter" && event.target.matches?.(box)) event.preventDefault();
});
// What was tabbed to is the row from which j and k go on.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row) return;
  for (const each of document.querySelectorAll("[data-row][aria-current]"))
    each.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
});
count();
document.querySelector("[data-focus-first]")?.querySelector("input:not([type=hidden]), textarea")?.focus();
