// What a phone without a signal keeps and sends later, for any form: a queue in IndexedDB. Each item carries a number that the phone made, so that the server
// counts it once however often it arrives, and the address of the link under which it was written: it is sent to no other, whoever holds the phone by then.
//
//   const queue = new Queue();
//   await queue.add({ kind: "outreach", link: "1f3a…", address: "/ambassador/…/", fields: [["venue", "Village hall"]], photos: [blob] });
//   queue.addEventListener("change", show);   // something was saved, sent or refused
//   queue.begin();                            // sends now, whenever there is a signal, and again after a while
//
// An item: id, kind, link, address, fields (pairs), photos (Blobs), words (what a list shows of it), written_at (the phone's clock), state, and then either
// receipt and received_at, or sentence: what the server said. The server is sent the fields, `uuid`, `phone_clock` (when it was saved), `sent_clock` (when it is
// being sent, by which the server sees how wrong that clock is) and `photos`. It answers {receipt, received_at, sentence} or {error: {code, message, fields}};
// whatever else comes back (a hotel's sign-in page, a server that is down) decides nothing, and the item waits.
export const SAVED = "saved";
export const SENDING = "sending";
export const SENT = "sent";
export const REFUSED = "refused";

const NAME = "floreo-offline";
const ITEMS = "items";
const SENDING_LIMIT = 180_000; // milliseconds until a sending counts as broken
const PAUSES = [5, 15, 60, 300, 900]; // seconds until it is tried again
const SENT_KEPT = 90; // days that the phone remembers what it sent

// A number that no other phone makes: a UUID of random bits (RFC 9562, version 4). `randomUUID` is missing on older phones and without https.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// A photo made small, at most `longest` pixels, as a new JPEG: what the camera wrote into the file (place, time, device) is not in it. Throws when it is no picture.
export async function shrunk(file, longest = 1280, quality = 0.8) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/jpeg", quality);
  });
}

// Keeps the page on the phone. `addresses` beside those that the browser loaded for it: what is needed later, a form on paper for example.
export async function keepPage({ worker, scope, addresses = [] }) {
  if (!("serviceWorker" in navigator)) return false;
  await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((each) => each.name);
  const linked = [
    ...document.querySelectorAll(
      "script[src], link[href][rel~=stylesheet], link[rel~=manifest], link[rel~=icon]",
    ),
  ];
  const named = linked.map((each) => each.src || each.href);
  const here = [
    location.origin + location.pathname,
    ...loaded,
    ...named,
    ...addresses.map((each) => new URL(each, location).href),
  ];
  const own = new Set(here.filter((each) => each.startsWith(location.origin)));
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener(
      "message",
      (event) => resolve(event.data?.kept === event.data?.of),
      { once: true },
    );
    active.postMessage({ keep: [...own] });
  });
}

const finished = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () =>
    request.result.createObjectStore(ITEMS, { keyPath: "id" }).createIndex("link", "link");
  return finished(request);
}

export class Queue extends EventTarget {
  #database = null;
  #timer = 0;
  #mine = new Set(); // what this page is sending at this moment

  async #within(mode, work) {
    this.#database ??= await opened();
    const transaction = this.#database.transaction(ITEMS, mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(ITEMS));
    await ended; // on the disk, not only asked for
    return result;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  // Every item, oldest first.
  async list() {
    const items = await this.#within("readonly", (store) => finished(store.getAll()));
    return items.sort((a, b) => a.written_at.localeCompare(b.written_at));
  }

  // One item, or undefined.
  get(id) {
    return this.#within("readonly", (store) => finished(store.get(id)));
  }

  // Saves a new item, or the one of that id anew while it has not been sent. Throws when the phone has no room for it, or it was sent meanwhile.
  async add({ id = newId(), kind, link, address, fields, photos = [], words = {} }) {
    const held = await this.get(id);
    if (held?.state === SENT) throw new Error(SENT);
    const item = {
      id,
      kind,
      link: held?.link ?? link,
      address: held?.address ?? address,
      fields,
      photos,
      words,
      written_at: held?.written_at ?? new Date().toISOString(),
      revision: (held?.revision ?? 0) + 1,
      state: SAVED,
      tries: 0,
      next_try: 0,
    };
    await this.#within("readwrite", (store) => finished(store.put(item)));
    this.#changed();
    return item;
  }

  // Takes an item from the phone. One that is being sent stays.
  async remove(id) {
    if (this.#mine.has(id)) return false;
    await this.#within("readwrite", (store) => finished(store.delete(id)));
    this.#changed();
    return true;
  }

  // Sends now, on every signal, and from time to time.
  async begin() {
    addEventListener("online", () => this.send({ now: true }));
    document.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && this.send(),
    );
    navigator.storage?.persist?.().catch(() => undefined); // else a phone that is full may clear what waits
    await this.#letGo();
    await this.send({ now: true });
  }

  // Sends what waits, one at a time, the oldest first. Two pages of one phone do not send at once.
  async send({ now = false } = {}) {
    if (navigator.onLine === false) return;
    const work = () => this.#sendAll(now);
    if (navigator.locks)
      await navigator.locks.request("floreo-offline-send", { ifAvailable: true }, (lock) => lock && work());
    else await work();
    await this.#plan();
  }

  async #sendAll(now) {
    const waits = (item) => item.state === SAVED || (item.state === SENDING && !this.#mine.has(item.id)); // a phone that went off while sending
    for (const { id } of (await this.list()).filter(waits)) {
      const item = await this.get(id);
      if (!item || !waits(item) || (!now && item.next_try > Date.now())) continue;
      await this.#sendOne(item);
      if (navigator.onLine === false) return;
    }
  }

  async #sendOne(item) {
    this.#mine.add(item.id);
    try {
      await this.#write({ ...item, state: SENDING });
      const result = await answerTo(item);
      const held = await this.get(item.id);
      // Changed while it was under way: what was changed is sent again under the same number.
      const isChanged = held && held.revision !== item.revision;
      await this.#write(isChanged ? { ...held, next_try: 0 } : { ...item, ...result });
    } finally {
      this.#mine.delete(item.id);
      this.#changed();
    }
  }

  async #write(item) {
    await this.#within("readwrite", (store) => finished(store.put(item)));
    this.#changed();
  }

  async #plan() {
    clearTimeout(this.#timer);
    const waiting = (await this.list()).filter((item) => item.state === SAVED || item.state === SENDING);
    if (!waiting.length) return;
    const next = Math.min(...waiting.map((item) => item.next_try || 0));
    this.#timer = setTimeout(() => this.send(), Math.max(next - Date.now(), 5000));
  }

  async #letGo() {
    const oldest = new Date(Date.now() - SENT_KEPT * 86_400_000).toISOString();
    const old = (await this.list()).filter((item) => item.state === SENT && item.sent_at < oldest);
    for (const { id } of old) await this.remove(id);
  }
}

// What became of one sending: the fields of the item that change.
async function answerTo(item) {
  const body = new FormData();
  for (const [name, value] of item.fields) body.append(name, value);
  body.append("uuid", item.id);
  body.append("phone_clock", item.written_at);
  body.append("sent_clock", new Date().toISOString());
  item.photos.forEach((photo, number) => body.append("photos", photo, `photo-${number + 1}.jpg`));
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), SENDING_LIMIT);
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(item.address, {
      method: "POST",
      body,
      headers,
      credentials: "omit",
      cache: "no-store",
      signal: limit.signal,
    });
    const said = await answer.json();
    if (answer.ok && said.receipt) {
      const { receipt, received_at, sentence = "" } = said;
      return { state: SENT, receipt, received_at, sentence, sent_at: new Date().toISOString(), photos: [] };
    }
    const isLater = answer.status === 408 || answer.status === 429 || answer.status >= 500;
    if (said.error?.message && !isLater) return { state: REFUSED, sentence: sentenceOf(said.error) };
    return later(item, Number(answer.headers.get("Retry-After")) || 0, said.error?.message);
  } catch {
    return later(item, 0, ""); // no signal, a broken connection, or not our server that answered
  } finally {
    clearTimeout(timer);
  }
}

function sentenceOf({ message, fields = {} }) {
  const own = Object.values(fields).filter((each) => each && each !== message);
  return [message, ...own].join(" ");
}

function later(item, seconds, sentence) {
  const tries = item.tries + 1;
  const pause = Math.max(seconds, PAUSES[Math.min(tries, PAUSES.length) - 1]);
  return { state: SAVED, tries, next_try: Date.now() + pause * 1000, sentence: sentence || "" };
}
