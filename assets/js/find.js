// A long list of boxes to tick gets a field that leaves those with the words typed, and those that are ticked.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function narrow(field) {
  const set = field.closest("fieldset");
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  let left = 0;
  for (const label of set.querySelectorAll("label:has(input[type=checkbox])")) {
    const text = plain(label.textContent);
    const ticked = label.querySelector("input").checked;
    const fits = words.every((word) => text.includes(word));
    label.parentElement.hidden = !(fits || ticked);
    if (fits) left += 1;
  }
  const said = set.querySelector("[data-none]");
  said.textContent = left ? "" : said.dataset.none;
}

const LONG = 12; // boxes

function show() {
  for (const frame of document.querySelectorAll("[data-find]"))
    frame.hidden = frame.closest("fieldset").querySelectorAll("input[type=checkbox]").length <= LONG;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-find] input")) narrow(event.target);
});
document.addEventListener("keydown", (event) => {
  // Enter looks for the words; it does not send the form.
  if (event.key === "Enter" && event.target.matches?.("[data-find] input")) event.preventDefault();
});
document.addEventListener("htmx:after:swap", show);
show();
