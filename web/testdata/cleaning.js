// Plays sw.js of two versions over one storage: node cleaning.js SW.JS. It prints what is kept when
// a new version comes while the former one tidies up; see TestCleaning.
'use strict';
const vm = require('vm'), fs = require('fs'), { webcrypto } = require('crypto');
const source = fs.readFileSync(process.argv[2], 'utf8');
const scope = 'http://host/page/';

// storage is a CacheStorage; a cache that was removed lives on for whoever holds it, as in
// browsers.
const stored = new Map();
class Cache {
  constructor() { this.map = new Map(); }
  async match(key) { return this.map.get(String(key.url || key)); }
  async put(key, value) { this.map.set(String(key.url || key), value); }
  async keys() { return [...this.map.keys()].map((url) => ({ url })); }
}
const storage = {
  async open(name) { if (!stored.has(name)) stored.set(name, new Cache()); return stored.get(name); },
  async keys() { return [...stored.keys()]; },
  async delete(name) { return stored.delete(name); },
  async match(key) { for (const cache of stored.values()) { const had = await cache.match(key); if (had) return had; } },
};

// locks are shared or exclusive; whoever cannot have one waits, or is told so.
const held = [];
let waiting = [];
const locks = {
  async query() { return { held: held.map(({ name }) => ({ name })) }; },
  async request(name, options, work) {
    if (typeof options === 'function') [options, work] = [{}, options];
    const lock = { name, mode: options.mode || 'exclusive' };
    const free = () => !held.some((h) => h.name === name && (h.mode === 'exclusive' || lock.mode === 'exclusive'));
    if (!free() && options.ifAvailable) return work(null);
    while (!free()) await new Promise((done) => waiting.push(done));
    held.push(lock);
    try { return await work(lock); } finally {
      held.splice(held.indexOf(lock), 1);
      for (const done of waiting.splice(0)) done();
    }
  },
};

const registration = { scope, installing: null, waiting: null, active: null };
const hash = async (text) => [...new Uint8Array(await webcrypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))].slice(0, 5)
  .map((b) => b.toString(16).padStart(2, '0')).join('');

// worker starts a version's service worker; slow is awaited before each answer of the network, and
// keys before caches are listed.
async function worker(version, { slow = async () => {}, keys = async () => {} } = {}) {
  const files = {}, bodies = {};
  for (const name of ['a.js', 'b.js']) {
    const path = 'assets/' + name.replace('.', '.' + await hash(version + name) + '.');
    files[name] = path;
    bodies[scope + path] = version + name;
  }
  bodies[scope] = 'page of ' + version;
  const dist = { version, files, page: await hash(bodies[scope]) };
  const listeners = {};
  const self = {
    addEventListener: (name, f) => { listeners[name] = f; }, skipWaiting: async () => {}, clients: { claim: async () => {} },
  };
  const context = vm.createContext({
    self, registration, navigator: { locks }, crypto: webcrypto, URL, Response, TextEncoder, Uint8Array, Set, console,
    caches: { ...storage, keys: async () => { await keys(); return storage.keys(); } },
    fetch: async (url) => { await slow(String(url)); return new Response(bodies[String(url)]); },
  });
  vm.runInContext(source.replace('const DIST = {};', 'const DIST = ' + JSON.stringify(dist) + ';'), context);
  const me = { version };
  const fire = (name, event = {}) => new Promise((done, fail) => listeners[name]({ ...event, waitUntil: (p) => Promise.resolve(p).then(done, fail) }));
  return {
    async install() { registration.installing = me; await fire('install'); registration.installing = null; registration.active = me; await fire('activate'); },
    visit: () => fire('message', { data: { keep: [] } }),
    whole: async () => { const c = stored.get('sescope ' + scope + ' ' + version); return !!c && (await Promise.all([scope, ...Object.values(files).map((f) => scope + f)].map((u) => c.match(u)))).every(Boolean); },
  };
}

const gate = () => { let open; const p = new Promise((done) => { open = done; }); return { wait: () => p, open }; };
const settle = () => new Promise((done) => setTimeout(done, 20));

(async () => {
  for (const when of ['half filled', 'in charge', 'before']) {
    stored.clear();
    registration.active = registration.installing = null;
    const list = gate(), fill = gate();
    let holds = false;
    const one = await worker('one', { keys: () => (holds ? list.wait() : null) });
    await one.install();
    holds = true;
    const visit = one.visit(); // tidies up, and is held before it lists the caches
    await settle();
    const two = await worker('two', { slow: (url) => (url.includes('b.') ? fill.wait() : null) });
    const install = when === 'before' ? null : two.install();
    await settle();
    if (when === 'in charge') { fill.open(); await install; }
    list.open();
    await settle();
    fill.open();
    await (install || two.install());
    await visit;
    console.log(when + ': the new version is ' + (await two.whole() ? 'whole' : 'lost'));
    await two.visit();
    console.log(when + ': kept are ' + [...stored.keys()].map((name) => name.split(' ').pop()).join(', '));
  }
})();
