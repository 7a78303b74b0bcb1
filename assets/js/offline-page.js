// A page with one form that works without a signal: saves what is sent on the phone, shows what waits and what was sent, and sends it. For outreach and for interviews.
//
//   <main data-offline data-kind="outreach" data-link="1f3a…" data-worker="/offline-worker.js" data-scope="/ambassador/" data-keep="/paper.pdf …">
//     <h1 data-heading data-none="Nothing waits" data-one="1 session is not sent yet" data-many="%n sessions are not sent yet">
//     <div data-without-signal hidden>   shown without a signal, else:   <div data-with-signal hidden>
//     <ul data-waiting> and <ul data-sent>: filled from <template data-row>; elements with data-when="waiting" (or "sent") are shown where there is something
//     <p data-others data-one="…" data-many="…" hidden>: what was written under another link and waits on this phone
//     <form data-offline-form>: its fields; [data-sum] are added up in <output data-total name="total">; [data-photos] is the field for photos
//     <p data-said hidden>: what became of saving; its sentences are data-saved, data-full, data-picture, data-gone
//
// In the template, data-show="{venue}, {district}" is filled with what the reader sees in those fields; an element whose fields are all empty goes. data-state="saved"
// names the state in which an element is shown; %t is the time, %r the number of the server, %s its sentence. Its buttons: data-change, data-delete (with data-confirm).
import { Queue, REFUSED, SENDING, SENT, keepPage, newId, shrunk } from "./offline.js";

const page = document.querySelector("[data-offline]");
const form = page.querySelector("[data-offline-form]");
const template = page.querySelector("template[data-row]");
const said = page.querySelector("[data-said]");
const photos = form?.querySelector("[data-photos]");
const queue = new Queue();
const { kind, link } = page.dataset;
let changing = null; // the item that is in the form

const MOST_PHOTOS = Number(photos?.dataset.most) || 3;
const moment = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const day = new Intl.DateTimeFormat(document.documentElement.lang, {
  weekday: "short",
  day: "numeric",
  month: "short",
});
const number = new Intl.NumberFormat(document.documentElement.lang);

// --- What the form says -------------------------------------------------------------------------------------------------------------------------------------

function fieldsOf() {
  const skipped = new Set([photos?.name, "uuid", "csrfmiddlewaretoken"]);
  return [...new FormData(form)].filter(([name, value]) => !skipped.has(name) && typeof value === "string");
}

// What a reader sees in each field: the word of a choice, a day written out.
function wordsOf() {
  const words = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked)
        words[field.name] = [words[field.name], field.labels[0]?.textContent.trim()]
          .filter(Boolean)
          .join(", ");
    } else if (field.tagName === "SELECT")
      words[field.name] = field.selectedOptions[0]?.value ? field.selectedOptions[0].textContent.trim() : "";
    else if (field.type === "date" && field.value)
      words[field.name] = day.format(new Date(`${field.value}T12:00`));
    else if (field.type !== "file" && field.type !== "hidden") words[field.name] = field.value ?? "";
  }
  return words;
}

function addUp() {
  const output = form?.querySelector("[data-total]");
  if (!output) return;
  const fields = [...form.querySelectorAll("[data-sum]")];
  const total = fields.reduce((sum, field) => sum + (Number.parseInt(field.value, 10) || 0), 0);
  output.value = number.format(total);
  fields[0]?.setCustomValidity(total > 0 ? "" : output.dataset.empty || "");
}

async function shrunkPhotos() {
  const made = [];
  for (const file of [...(photos?.disabled ? [] : (photos?.files ?? []))].slice(0, MOST_PHOTOS))
    made.push(await shrunk(file));
  return made;
}

// Fields that only some choice needs: data-needs="photo_consent=written,nobody".
function showNeeded() {
  for (const part of form?.querySelectorAll("[data-needs]") ?? []) {
    const [name, values] = part.dataset.needs.split("=");
    const isNeeded = values.split(",").includes(new FormData(form).get(name));
    part.hidden = !isNeeded;
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = !isNeeded;
  }
}

function say(name) {
  if (!said) return;
  said.hidden = !name;
  said.textContent = name ? (said.dataset[name] ?? "") : "";
  if (name) said.focus();
}

async function save(event) {
  event.preventDefault();
  addUp();
  if (!form.reportValidity()) return;
  const button = form.querySelector("[type=submit]");
  button.disabled = true; // a second press while a photo is made small would be a second item
  try {
    const held = changing ? await queue.get(changing) : null;
    const fresh = await shrunkPhotos();
    const isWithPhotos = !photos?.disabled && Boolean(photos);
    const own = fresh.length || !isWithPhotos ? fresh : (held?.photos ?? []);
    const id = changing ?? (form.dataset.resend || newId());
    const words = { ...wordsOf(), photos: own.length ? number.format(own.length) : "" };
    await queue.add({ id, kind, link, address: form.action, fields: fieldsOf(), photos: own, words });
    endChange();
    say("saved");
    queue.send({ now: true });
  } catch (error) {
    say(error.name === "QuotaExceededError" ? "full" : error.message === SENT ? "gone" : "picture");
  } finally {
    button.disabled = false;
  }
}

function endChange() {
  changing = null;
  delete form.dataset.resend;
  form.reset();
  form.removeAttribute("data-changing");
  addUp();
  showNeeded();
}

async function change(id) {
  const item = await queue.get(id);
  if (!item || item.state === SENT || item.state === SENDING) return show();
  form.reset();
  changing = id;
  const given = new Map();
  for (const [name, value] of item.fields) given.set(name, [...(given.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || field.type === "file" || field.type === "hidden") continue;
    const values = given.get(field.name) ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
    else if (field.tagName !== "OUTPUT") field.value = "";
  }
  form.setAttribute("data-changing", "");
  addUp();
  showNeeded();
  form.scrollIntoView();
  form.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
}

// --- What the lists show ------------------------------------------------------------------------------------------------------------------------------------

function filled(pattern, words) {
  let any = false;
  const text = pattern.replace(/\{(\w+)\}/g, (_all, name) => {
    any ||= Boolean(words[name]);
    return words[name] || "";
  });
  return any ? text : "";
}

function row(item) {
  const made = template.content.cloneNode(true).firstElementChild;
  made.dataset.item = item.id;
  for (const part of made.querySelectorAll("[data-show]")) {
    part.textContent = filled(part.dataset.show, item.words);
    if (!part.textContent) part.remove();
  }
  const at = item.state === SENT ? item.received_at : item.written_at;
  for (const part of made.querySelectorAll("[data-state]")) {
    if (
      !part.dataset.state.split(" ").includes(item.state) ||
      (part.hasAttribute("data-sentence") && !item.sentence)
    ) {
      part.remove();
      continue;
    }
    const text = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (text.nextNode()) {
      const node = text.currentNode;
      node.data = node.data
        .replace("%t", moment.format(new Date(at)))
        .replace("%r", item.receipt ?? "")
        .replace("%s", item.sentence ?? "");
    }
  }
  const name = made.querySelector("[data-show]")?.textContent ?? "";
  for (const button of made.querySelectorAll("[data-change], [data-delete]"))
    button.setAttribute("aria-label", `${button.textContent.trim()} ${name}`);
  made.querySelector("[data-change]")?.addEventListener("click", () => change(item.id));
  made.querySelector("[data-delete]")?.addEventListener("click", async (event) => {
    const question = event.currentTarget.dataset.confirm;
    if (!question || confirm(question)) await queue.remove(item.id);
  });
  return made;
}

const choose = (element, count) => {
  const words = { 0: element.dataset.none, 1: element.dataset.one }[count] ?? element.dataset.many ?? "";
  return words.replace("%n", number.format(count));
};

let drawn = 0;
async function show() {
  const turn = ++drawn;
  const items = await queue.list();
  if (turn !== drawn) return; // a later one is on its way
  const own = items.filter((item) => item.kind === kind && item.link === link);
  const waiting = own.filter((item) => item.state !== SENT);
  const known = new Set([...page.querySelectorAll("[data-receipt]")].map((each) => each.dataset.receipt));
  const sent = own.filter((item) => item.state === SENT && !known.has(item.receipt)).reverse();
  page.querySelector("[data-waiting]")?.replaceChildren(...waiting.map(row));
  page.querySelector("[data-sent]")?.replaceChildren(...sent.map(row));
  for (const part of page.querySelectorAll("[data-when]")) {
    const isSent = part.dataset.when === "sent";
    part.hidden = isSent ? !sent.length && !known.size : !waiting.length;
  }
  const heading = page.querySelector("[data-heading]");
  if (heading) {
    heading.textContent = choose(heading, waiting.length);
    document.title = heading.textContent;
  }
  const others = page.querySelector("[data-others]");
  const ofOthers = items.filter(
    (item) => item.kind === kind && item.link !== link && item.state !== SENT,
  ).length;
  if (others) {
    others.hidden = !ofOthers;
    others.textContent = ofOthers ? choose(others, ofOthers) : "";
  }
  const refused = waiting.some((item) => item.state === REFUSED);
  const isOff = navigator.onLine === false;
  for (const part of page.querySelectorAll("[data-without-signal]")) part.hidden = !(isOff && waiting.length);
  for (const part of page.querySelectorAll("[data-with-signal]"))
    part.hidden = isOff || !waiting.length || refused;
  for (const part of page.querySelectorAll("[data-refused]")) part.hidden = !refused;
  page.dataset.count = String(waiting.length);
}

// --- Begin --------------------------------------------------------------------------------------------------------------------------------------------------

queue.addEventListener("change", show);
addEventListener("online", show);
addEventListener("offline", show);
if (form) {
  form.noValidate = false;
  form.addEventListener("submit", save);
  form.addEventListener("input", addUp);
  form.addEventListener("change", showNeeded);
  addUp();
  showNeeded();
}
for (const part of page.querySelectorAll("[data-script]")) part.hidden = false;
await show();
queue.begin();
addEventListener("load", async () => {
  page.dataset.kept = String(
    await keepPage({
      worker: page.dataset.worker,
      scope: page.dataset.scope,
      addresses: (page.dataset.keep ?? "").split(" ").filter(Boolean),
    }).catch(() => false),
  );
});
if (document.readyState === "complete") dispatchEvent(new Event("load"));
