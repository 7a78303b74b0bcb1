// A survey on the web: hides questions that earlier answers rule out, and puts the focus on what is wrong. Without it every question is there, each with its condition.
const form = document.querySelector("[data-survey]");

function showNeeded() {
  const given = new FormData(form);
  for (const part of form.querySelectorAll("[data-needs]")) {
    const [name, values] = part.dataset.needs.split("=");
    const isNeeded = given.getAll(name).some((value) => values.split(",").includes(value));
    part.hidden = !isNeeded;
    for (const field of part.querySelectorAll("input, textarea")) field.disabled = !isNeeded;
  }
}

form?.addEventListener("change", showNeeded);
if (form) showNeeded();
document.querySelector("[data-focus]")?.focus();
