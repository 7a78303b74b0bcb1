// Saves a form of an assessment item by item, while it is filled in. Without it the buttons save the section. At most the
// field in hand is lost when the browser ends: a choice is saved at once, a text when it rests or is left.
const form = document.querySelector("[data-autosave]");
const REST = 1200;
const AGAIN = 5000;
const timers = new Map();
const running = new Map();
const waiting = new Set();

function say(words) {
  const place = form.querySelector("[data-status]");
  if (place && place.textContent !== words) place.textContent = words;
}

function fieldsOf(part) {
  const given = new FormData(form);
  const code = part.dataset.item;
  const body = new FormData();
  for (const name of [`level-${code}`, `text-${code}`, `seen-${code}`]) {
    if (given.has(name)) body.set(name, given.get(name));
  }
  if (given.has("csrfmiddlewaretoken")) body.set("csrfmiddlewaretoken", given.get("csrfmiddlewaretoken"));
  return body;
}

function show(part, theirs) {
  const box = part.querySelector("[data-conflict]");
  box.querySelector("[data-by]").textContent = theirs.by;
  box.querySelector("[data-level]").textContent = theirs.level;
  box.querySelector("[data-text]").textContent = theirs.text;
  box.hidden = false;
}

async function send(part) {
  const code = part.dataset.item;
  const answer = await fetch(location.href, {
    method: "POST",
    body: fieldsOf(part),
    headers: { Accept: "application/json" },
    cache: "no-store",
  });
  if (answer.status !== 200 && answer.status !== 409 && answer.status !== 422)
    throw new Error(String(answer.status));
  const said = await answer.json();
  if (said.sentence) return said.sentence;
  const seen = part.querySelector("[data-seen]");
  if (said.saved[code]) {
    seen.value = said.saved[code];
    part.querySelector("[data-conflict]").hidden = true;
    return "";
  }
  const theirs = said.conflicts[code];
  if (!theirs) return "";
  show(part, theirs);
  // Pressed once more, Save puts what was typed here in place of theirs.
  seen.value = theirs.seen;
  return form.dataset.told;
}

async function save(part) {
  const code = part.dataset.item;
  clearTimeout(timers.get(code));
  if (running.has(code)) {
    waiting.add(code);
    return;
  }
  say(form.dataset.saving);
  const task = send(part);
  running.set(code, task);
  try {
    const words = await task;
    running.delete(code);
    if (waiting.delete(code)) return save(part);
    say(words || (running.size ? form.dataset.saving : form.dataset.saved));
  } catch {
    running.delete(code);
    waiting.delete(code);
    say(form.dataset.failed);
    timers.set(
      code,
      setTimeout(() => save(part), AGAIN),
    );
  }
}

function later(event) {
  const part = event.target.closest("[data-item]");
  if (!part) return;
  const code = part.dataset.item;
  clearTimeout(timers.get(code));
  timers.set(
    code,
    setTimeout(() => save(part), event.type === "input" ? REST : 0),
  );
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    for (const timer of timers.values()) clearTimeout(timer);
  });
}
document.querySelector("[data-focus]")?.focus();
