// The service worker: after the first visit SEscope opens without a network.
//
// Every version has a cache of its own, and a page is always answered from the version that it came
// from: its files have a hash of their content in their names, and its cache stays as long as it is
// open (it holds a lock of the cache's name). What was checked against that hash is kept, and
// nothing else.
'use strict';
const DIST = {};
const CACHES = 'sescope ' + registration.scope + ' '; // other copies of SEscope may live on this origin
const CACHE = CACHES + DIST.version;
const PAGE = registration.scope;
const address = (name) => new URL(DIST.files[name], PAGE).href;
const nameOf = (url) => url.slice((PAGE + 'assets/').length).replace(/\.[0-9a-f]{10}(\.\w+)$/, '$1');
const hashOf = (url) => (/\.([0-9a-f]{10})\.\w+$/.exec(url) || [])[1];
const isLarge = (name) => /\.(wasm|safetensors)$/.test(name); // kept when a page has used it

// checked returns a copy of the response if its body has that hash. A copy has not been redirected,
// which navigations demand.
async function checked(response, hash) {
  if (!response.ok) throw new Error(response.url + ': ' + response.status);
  const body = await response.arrayBuffer();
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  if ([...sum.slice(0, 5)].map((b) => b.toString(16).padStart(2, '0')).join('') !== hash) throw new Error(response.url + ': damaged, or of another version');
  return new Response(body, { headers: response.headers });
}

async function keep(cache, url) {
  if (await cache.match(url)) return;
  const had = await caches.match(url); // another version's, of the same content
  await cache.put(url, had || await checked(await fetch(url), hashOf(url)));
}

// fill takes all small files, and what a former version kept and this one has too, so that an
// update works without a network as that one did.
async function fill() {
  const cache = await caches.open(CACHE);
  if (await cache.match(PAGE)) return; // it came last
  const used = new Set();
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHES) || name === CACHE) continue;
    for (const request of await (await caches.open(name)).keys()) used.add(nameOf(request.url));
  }
  const wanted = Object.keys(DIST.files).filter((name) => !isLarge(name) || used.has(name));
  await Promise.all(wanted.map((name) => keep(cache, address(name))));
  await cache.put(PAGE, await checked(await fetch(PAGE, { cache: 'no-store' }), DIST.page));
}

// locked does something while no other version may remove this one's cache.
const locked = (work) => (navigator.locks ? navigator.locks.request(CACHE, { mode: 'shared' }, work) : work());

async function install() {
  await locked(fill);
  await self.skipWaiting();
}

// The worker that answers pages, as far as this one knows: itself, until another has taken over.
let me = registration.active;

// clean removes the caches of versions that no page has open and no worker is filling. A newer
// version may come at any time, also between two steps of this function: so a cache is removed only
// while nobody else can hold it, and only by the version that is now in charge.
async function clean() {
  const inCharge = () => !registration.installing && !registration.waiting && registration.active === me;
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHES) || name === CACHE) continue;
    await navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && inCharge() && caches.delete(name));
  }
}

async function page(request) {
  const cache = await caches.open(CACHE);
  return await cache.match(PAGE) || fetch(request);
}

async function asset(event) {
  const had = await caches.match(event.request.url).catch(() => null); // a full disk refuses even that
  if (had) return had;
  const response = await fetch(event.request);
  if (response.ok && ours.has(event.request.url)) {
    const copy = response.clone();
    event.waitUntil((async () => {
      const cache = await caches.open(CACHE);
      await cache.put(event.request.url, await checked(copy, hashOf(copy.url)));
    })().catch(() => {})); // storage is full or the file is damaged: it is not kept
  }
  return response;
}
const ours = new Set(Object.keys(DIST.files).map(address));

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => {
  me = registration.active;
  event.waitUntil(self.clients.claim());
});
self.addEventListener('message', (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await locked(fill).catch(() => {}); // what a full disk or a former program's mistake left out
  for (const name of event.data.keep) {
    if (DIST.files[name]) await keep(cache, address(name)).catch(() => {}); // storage is full: the network it is, next time
  }
  await clean();
})()));
self.addEventListener('fetch', (event) => {
  const url = event.request.url.replace(/[?#].*$/, '');
  if (event.request.method !== 'GET') return;
  if (event.request.mode === 'navigate') {
    if (url === PAGE || url === PAGE + 'index.html') event.respondWith(page(event.request));
  } else if (url.startsWith(PAGE + 'assets/')) {
    event.respondWith(asset(event));
  }
});
