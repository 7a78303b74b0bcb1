// The service worker of pages that work without a signal. It keeps those pages and what they are made of on the phone, one store for each scope; what people
// wrote is not here but in the queue of offline.js. Served by Django at /offline-worker.js, which lets it serve scopes that lie above its own folder.
const KEPT = `floreo-offline-1 ${self.registration.scope}`;
const PATIENCE = 4000; // milliseconds until a page comes from the phone, where the network is slower
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // a file whose name says its content never changes

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A page says what it is made of: {keep: [addresses]}.
self.addEventListener("message", (event) => {
  const addresses = event.data?.keep;
  if (!Array.isArray(addresses)) return;
  event.waitUntil(
    keep(addresses).then((count) => event.source?.postMessage({ kept: count, of: addresses.length })),
  );
});

async function keep(addresses) {
  const store = await caches.open(KEPT);
  const done = await Promise.all(
    addresses.map(async (address) => {
      if (new URL(address, self.location).origin !== self.location.origin) return false;
      try {
        if (HASHED.test(address) && (await store.match(address))) return true;
        const answer = await fetch(address, { credentials: "omit" });
        if (answer.ok) await store.put(address, answer);
        return answer.ok;
      } catch {
        return false;
      }
    }),
  );
  await letGoOfOlder(store, addresses);
  return done.filter(Boolean).length;
}

// Of a file whose name holds its hash only the newest is kept.
async function letGoOfOlder(store, addresses) {
  const plain = (address) => new URL(address, self.location).pathname.replace(/\.[0-9a-f]{12}(?=\.\w+$)/, "");
  const newest = new Map(addresses.map((each) => [plain(each), new URL(each, self.location).pathname]));
  for (const request of await store.keys()) {
    const path = new URL(request.url).pathname;
    if (HASHED.test(path) && newest.has(plain(path)) && newest.get(plain(path)) !== path)
      await store.delete(request);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (HASHED.test(address.pathname)) event.respondWith(keptFirst(request));
  else event.respondWith(networkFirst(event));
});

async function keptFirst(request) {
  const store = await caches.open(KEPT);
  const found = await store.match(request, { ignoreVary: true });
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await store.put(request, answer.clone());
  return answer;
}

async function networkFirst(event) {
  const { request } = event;
  const store = await caches.open(KEPT);
  const look = { ignoreVary: true, ignoreSearch: request.mode === "navigate" };
  const found = await store.match(request, look);
  const asked = fetch(request).then(async (answer) => {
    if (request.mode === "navigate") await remember(store, request, answer);
    else if (answer.ok && found) await store.put(request, answer.clone());
    return answer;
  });
  if (!found) return asked;
  event.waitUntil(asked.catch(() => undefined));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  const answer = await Promise.race([asked.catch(() => null), late]);
  // A server that is down or busy is as good as no signal.
  return answer && answer.status < 500 && answer.status !== 429 ? answer : found;
}

// A page is kept as it was last answered, also when it says that its link has ended (410); one that is not there is kept no longer.
async function remember(store, request, answer) {
  const plain = request.url.split(/[?#]/)[0];
  if (answer.type === "opaqueredirect" || answer.redirected) return;
  if (answer.status === 200 || answer.status === 410) {
    if (request.url === plain) await store.put(plain, answer.clone());
  } else if (answer.status === 404 || answer.status === 403) await store.delete(plain);
}
