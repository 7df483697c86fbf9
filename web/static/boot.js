// Loads the Go program and the first network, counts their bytes, and starts page and worker from
// one compiled module.
'use strict';
(function () {
  const root = document.documentElement;
  const el = (id) => document.getElementById(id);
  const fail = window.sescopeFail; // of start.js; without it #stuck is to be seen
  if (!fail || fail.happened) return;

  // --- which of the two builds: the browser says whether it knows a function's instructions -----
  function knows(...code) {
    const body = [0, ...code, 0x0b];
    return WebAssembly.validate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      1, 5, 1, 0x60, 0, 1, 0x7b, // type 0: () -> v128
      3, 2, 1, 0, // one function, of type 0
      10, body.length + 2, 1, body.length, ...body]));
  }
  function chooseBuild() {
    const vector = [0x41, 0, 0xfd, 0x0f]; // i32.const 0, i8x16.splat
    if (knows(...vector, ...vector, ...vector, 0xfd, 0x85, 0x02)) return 'relaxed'; // f32x4.relaxed_madd
    return knows(...vector) ? 'plain' : '';
  }
  const PROGRAM = { relaxed: 'sescope-relaxed.wasm', plain: 'sescope.wasm' };

  // --- what pack wrote into the page: where each file lies, how long it is, and its hash --------
  const DIST = JSON.parse(el('dist').textContent);
  const path = (name) => (DIST.files[name] || { path: name }).path;

  // --- how much is there: a share, for what is counted is unpacked, thrice what is sent ---------
  const parts = { program: { got: 0, all: 0 }, weights: { got: 0, all: 0 } };
  const share = (got, all) => Math.min(100, Math.round(100 * got / all));
  function progress() {
    if (!el('loading-first')) return; // the last of them is not parsed yet
    let got = 0, all = 0;
    for (const [name, p] of Object.entries(parts)) {
      got += p.got;
      all += p.all;
      const done = p.all > 0 && p.got >= p.all;
      el('loading-' + name).dataset.state = done ? 'done' : p.got ? 'now' : 'wait';
      el('loading-' + name + '-bytes').textContent = p.all ? share(p.got, p.all) + ' %' : '';
    }
    const percent = all ? share(got, all) : 0;
    el('loading-bytes').textContent = all ? percent + ' %' : '';
    el('loading-bar').style.width = percent + '%';
    el('loading-bar').parentNode.setAttribute('aria-valuenow', percent);
  }

  // fetchFile fetches a file of programs or weights and counts its bytes: Content-Length would
  // count compressed ones. What is not the file that was packed is refused. Where the page may not
  // hash (it is no secure context) the browser does, and tells no progress.
  async function fetchFile(name, onBytes, use) {
    const file = DIST.files[name];
    const response = await fetch(file.path, window.isSecureContext ? {} : { integrity: 'sha256-' + file.sha256 });
    if (!response.ok) throw new Error(file.path + ': ' + response.status);
    const used = use && use(response.clone());
    if (used) used.catch(() => {}); // the caller awaits it, after the bytes
    const bytes = new Uint8Array(file.bytes);
    let n = 0;
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (n + value.length > bytes.length) throw new Error(file.path + ': longer than ' + bytes.length + ' bytes');
      bytes.set(value, n);
      onBytes(n += value.length);
    }
    if (n !== bytes.length) throw new Error(file.path + ': ' + n + ' of ' + bytes.length + ' bytes');
    if (window.isSecureContext) {
      const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      if (btoa(String.fromCharCode(...sum)) !== file.sha256) throw new Error(file.path + ': damaged on the way');
    }
    return { bytes, used };
  }

  async function compileProgram(name, onBytes = () => {}) {
    const streams = (response) => WebAssembly.compileStreaming && /^application\/wasm/.test(response.headers.get('Content-Type') || '');
    const { bytes, used } = await fetchFile(name, onBytes,
      (response) => (streams(response) ? WebAssembly.compileStreaming(response) : null));
    return used || WebAssembly.compile(bytes);
  }

  // --- Vugu: its helper is a script, nothing is evaluated; nested events wait for the render ----
  // Vugu hands its helper to window.eval, which the policy forbids and which is the browser's own,
  // like every function here: extensions and automation rely on them. So that one call is caught
  // where Go makes it, valueCall(value, method, arguments) of wasm_exec.js.
  function withoutEval(go) {
    const js = go.importObject.gojs, name = 'syscall/js.valueCall', call = js[name];
    let caught = false;
    js[name] = (sp) => {
      sp >>>= 0;
      if (caught || go.mem.getUint32(sp + 24, true) !== 4) return call(sp); // the method's name is another's
      const at = go.mem.getUint32(sp + 16, true);
      if (String.fromCharCode(...new Uint8Array(go.mem.buffer, at, 4)) !== 'eval') return call(sp);
      caught = true;
      go.mem.setFloat64(sp + 56, 0, true); // the result: undefined
      go.mem.setUint8(sp + 64, 1); // and no exception
    };
    return go;
  }
  // A property that throws when it is read, as localStorage does where storage is forbidden, counts
  // as missing; Go's own wrapper would end the program. Methods need no such care: syscall/js makes
  // a panic of what they throw, and browser.Try an error.
  function withoutThrowing(go) {
    const js = go.importObject.gojs, get = js['syscall/js.valueGet'], set = js['syscall/js.valueSet'];
    js['syscall/js.valueGet'] = (sp) => {
      try { get(sp); } catch { go.mem.setFloat64((go._inst.exports.getsp() >>> 0) + 32, 0, true); } // undefined
    };
    js['syscall/js.valueSet'] = (sp) => {
      try { set(sp); } catch { /* it is not set */ }
    };
    return go;
  }
  // Vugu sets every attribute at every render. Firefox would load an image anew for that after a
  // service worker took over, and break off the load before.
  function setChanged(name, value) {
    if (this.getAttribute(name) !== value) Element.prototype.setAttribute.call(this, name, value);
  }
  function tameVugu() {
    let depth = 0;
    const render = window.vuguRender;
    window.vuguRender = () => {
      depth++;
      try { render(); } finally { depth--; }
      for (const image of document.images) image.setAttribute = setChanged;
    };
    const set = window.vuguSetEventHandler;
    window.vuguSetEventHandler = (handler) => {
      const call = (buffer) => {
        depth++;
        try { handler(buffer); } finally { depth--; }
      };
      // A blur fired by a render, or a click fired by a handler, would wait for a lock that its own
      // caller holds.
      set((buffer) => {
        if (!depth) return call(buffer);
        const copy = buffer.slice();
        setTimeout(() => call(copy), 0);
      });
    };
  }

  // --- without a network: sw.js keeps what this page uses; a lock keeps this version's files ----
  function keepOffline(used) {
    try { if (!navigator.serviceWorker || !navigator.locks) return; } catch { return; } // a frame that may keep nothing
    const version = 'sescope ' + new URL('./', document.baseURI).href + ' ' + root.dataset.version;
    navigator.locks.request(version, { mode: 'shared' }, () => new Promise(() => {})).catch(() => {});
    addEventListener('sescope:result', async () => {
      try {
        await navigator.serviceWorker.register('sw.js');
        (await navigator.serviceWorker.ready).active.postMessage({ keep: used });
      } catch { /* no storage, or a private window: the network it is */ }
    }, { once: true });
  }

  // newWorker starts a worker, which waits for the module, and for a network's file if it is to
  // read one before the page asks for it. worker.given tells that it got the module and keeps what
  // it is told until its Go program listens, worker.dead that it ended, to a page that did not
  // listen yet.
  function newWorker(compiled, ahead) {
    const worker = new Worker(path('worker.js'));
    worker.addEventListener('message', (event) => {
      if (event.data.dead) worker.dead = true;
    });
    let needless = false;
    worker.addEventListener('error', (event) => {
      worker.dead = true;
      if (needless) event.preventDefault(); // it was ended while it fetched its script
    });
    worker.postMessage({ loader: new URL(path('wasm_exec.js'), document.baseURI).href });
    Promise.all([compiled, ahead]).then(([module, first]) => {
      worker.postMessage({ module, first });
      worker.given = true;
    }, () => {
      needless = true;
      worker.terminate();
    });
    return worker;
  }

  // --- folders that were dropped: their entries, and all files below them with their paths ------
  const folders = (transfer) => [...(transfer.items || [])].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter((entry) => entry && entry.isDirectory);
  async function walk(entries, limit) {
    const files = [], waiting = [...entries];
    while (waiting.length && files.length < limit) {
      const entry = waiting.shift();
      if (entry.isFile) {
        files.push({ path: entry.fullPath.replace(/^\//, ''), file: await new Promise((done, fail) => entry.file(done, fail)) });
        continue;
      }
      const reader = entry.createReader();
      for (let more; (more = await new Promise((done, fail) => reader.readEntries(done, fail))).length;) waiting.push(...more);
    }
    return files;
  }

  // A policy of the host's that is stricter than ours, for what the page cannot do without.
  let forbidden = '';
  addEventListener('securitypolicyviolation', (event) => {
    if (event.disposition === 'enforce' && /^(script|worker|connect|default)-src/.test(event.violatedDirective)) forbidden = event.violatedDirective + ' ' + event.blockedURI;
  });
  // Browsers tell of a violation in a task of its own, behind what it made fail.
  const told = () => new Promise((done) => setTimeout(done, 50));

  // This script runs in front of the style sheets and of the page's body, so that the program is on
  // its way while these are laid out. The deferred scripts run before this event.
  const parsed = new Promise((done) => { document.addEventListener('DOMContentLoaded', done); });

  async function start() {
    root.dataset.state = 'loading';
    if (location.protocol === 'file:') return fail('file');
    if (typeof WebAssembly !== 'object') return fail('nowasm');
    if (typeof Worker !== 'function') return fail('noworker');
    const build = chooseBuild();
    if (!build) return fail('nosimd');
    let stage = 'fetch';
    try {
      const compiled = compileProgram(PROGRAM[build], (n) => { parts.program.got = n; progress(); });
      compiled.catch(() => {}); // awaited below
      const models = DIST.models;
      const weightsOf = (name) => 'models/' + name + '.safetensors';
      const fetchModel = async (name, onBytes = () => {}) => (await fetchFile(weightsOf(name), onBytes)).bytes;
      let wanted = null;
      try { wanted = localStorage.getItem('sescope.model'); } catch { /* no storage: the default it is */ }
      const linked = new URLSearchParams(location.hash.slice(1)).get('model');
      const first = models.find((m) => m.name === linked) || models.find((m) => m.name === wanted) || models.find((m) => m.default);
      const weights = fetchModel(first.name, (n) => { parts.weights.got = n; progress(); });
      weights.catch(() => {});
      stage = 'noworker';
      // Now, while the program is on its way: later the page's own start would hold it up. While
      // the page starts, the worker reads the network.
      const worker = newWorker(compiled, weights.then((file) => ({ name: first.name, file })));
      stage = 'fetch';
      parts.program.all = DIST.files[PROGRAM[build]].bytes;
      parts.weights.all = first.bytes;
      await parsed;
      if (typeof Go !== 'function' || !window.vuguRender) return fail('script', 'wasm_exec.js, vugu-helper.js');
      tameVugu();
      progress();
      const module = await compiled.catch((err) => {
        if (err instanceof WebAssembly.CompileError) stage = 'compile';
        throw err;
      });
      const bytes = await weights;
      el('loading-first').dataset.state = 'now';
      keepOffline([PROGRAM[build], weightsOf(first.name)]);
      window.sescope = {
        models, build, path,
        fail: (kind, detail) => (kind === 'script' && forbidden ? fail('policy', forbidden) : fail(kind, detail)),
        fetchModel, folders, walk,
        files: Object.keys(DIST.files),
        first: { name: first.name, bytes },
        loaded,
        firstWorker: worker,
        newWorker: () => newWorker(compiled),
        newImporter: async () => newWorker(Promise.resolve(await compileProgram('importer.wasm'))),
      };
      stage = 'panic';
      const go = withoutThrowing(withoutEval(new Go()));
      await go.run(await WebAssembly.instantiate(module, go.importObject));
      fail('panic');
    } catch (err) {
      const text = String(err && err.message || err);
      if (!/Content.Security.Policy|\bCSP\b/i.test(text)) await told();
      else if (!forbidden) forbidden = text;
      fail(forbidden && stage !== 'panic' ? 'policy' : stage, forbidden && stage !== 'panic' ? forbidden : text);
    }
  }
  // What came over the network or out of the browser's cache for this page, in bytes as they were
  // sent: mostly compressed. What the service worker kept has no encoding any more, and was not
  // sent again.
  function loaded() {
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const kept = (e) => e.workerStart > 0 && e.encodedBodySize === e.decodedBodySize;
    return entries.reduce((sum, e) => sum + (kept(e) ? 0 : e.encodedBodySize || e.decodedBodySize || 0), 0);
  }

  start();
})();
