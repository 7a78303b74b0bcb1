// The form of a stage saves itself a moment after each change, and hides questions that earlier answers rule out. Without it a button saves, and every question is there.
const form = document.querySelector("[data-autosave]");
const said = form?.querySelector("[data-saved]");
const WAIT = 1500;
let timer = null;
let isSending = false;
let isAgain = false;
let isStopped = false;

function showNeeded() {
  const given = new FormData(form);
  for (const part of form.querySelectorAll("[data-needs]")) {
    const [name, values] = part.dataset.needs.split("=");
    part.hidden = !given.getAll(name).some((value) => values.split(",").includes(value));
  }
}

async function send() {
  if (isStopped) return;
  if (isSending) {
    isAgain = true;
    return;
  }
  isSending = true;
  const data = new FormData(form);
  data.set("press", "auto");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(data),
      credentials: "same-origin",
      keepalive: true,
      headers: { Accept: "application/json" },
    });
    const found = await answer.json();
    if (found.version) form.elements.version.value = found.version;
    said.textContent = found.saved ?? found.problem;
    // Somebody else wrote too, or nothing more can be saved: the next press of a button says what to do.
    isStopped = answer.status === 409 || answer.status === 422 || answer.status === 404;
  } catch {
    schedule(10 * WAIT);
  }
  isSending = false;
  if (isAgain) {
    isAgain = false;
    schedule(WAIT);
  }
}

function schedule(wait) {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

function changed() {
  showNeeded();
  schedule(WAIT);
}

if (form) {
  showNeeded();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  // A press of a button takes over: what is sent by itself meanwhile would be a second who writes.
  form.addEventListener("submit", () => {
    isStopped = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) send();
  });
}
document.querySelector("[data-focus]")?.focus();
