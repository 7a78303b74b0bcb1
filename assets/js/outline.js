// Keys and dragging in the outline of a text: j and k walk through its lines, x ticks one, and the letter of a button presses it for the line
// that the cursor is on where none is ticked. A row that is dragged onto another goes below it, or after it where both are of one level.
// Without it every one of them is a box, a button or a list of choices.
const form = document.querySelector("form[data-outline]");
const boxes = () => [...form.querySelectorAll(".fl-outline-list input[type=checkbox]")];

function walk(from, step) {
  const all = boxes();
  const next = all[Math.min(Math.max(all.indexOf(from) + step, 0), all.length - 1)];
  next?.focus();
  next?.closest("li").scrollIntoView({ block: "center" });
}

function press(letter, here) {
  const button =
    form.querySelector(`[data-key="${letter}"]`) ?? document.querySelector(`[data-key="${letter}"]`);
  if (!button) return;
  if (here && button.form === form && !boxes().some((box) => box.checked)) here.checked = true;
  button.click();
}

form?.addEventListener("keydown", (event) => {
  const here = event.target.closest?.(".fl-outline-list input[type=checkbox]");
  if (!here || event.ctrlKey || event.metaKey || event.altKey || !/^[a-z]$/.test(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "j") walk(here, 1);
  else if (event.key === "k") walk(here, -1);
  else if (event.key === "x") here.click();
  else press(event.key, here);
});

document.addEventListener("keydown", (event) => {
  const isFree = event.target === document.body && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (form && isFree && (event.key === "j" || event.key === "k")) walk(null, 1);
});

// The line that was marked last is where the keys go on, once the browser has gone to it.
addEventListener("load", () => {
  if (form && location.hash)
    setTimeout(() => document.querySelector(`${location.hash} input`)?.focus({ preventScroll: true }));
});

let dragged = null;
for (const row of form?.querySelectorAll("[data-rank]") ?? []) {
  row.draggable = true;
  row.addEventListener("dragstart", () => (dragged = row));
  row.addEventListener("dragover", (event) => {
    if (dragged && dragged !== row && row.dataset.rank <= dragged.dataset.rank) event.preventDefault();
  });
  row.addEventListener("drop", (event) => {
    event.preventDefault();
    for (const box of boxes()) box.checked = dragged.contains(box);
    const where = row.dataset.rank < dragged.dataset.rank ? "under" : "after";
    const given = { do: "under", to: row.id.slice(1), where };
    form.elements.to?.remove();
    for (const [name, value] of Object.entries(given)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    form.requestSubmit();
  });
}
