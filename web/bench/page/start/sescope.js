'use strict';
(async () => {
  const files = Promise.all([bytes(NETWORK + 'sescope.safetensors'), bytes(NETWORK + 'tensors.bin')]);
  const script = document.createElement('script');
  script.src = '../vendor/wasm_exec.js';
  const loaded = new Promise((done) => { script.onload = done; });
  document.head.append(script);
  const compiled = WebAssembly.compileStreaming(fetch('../engine-relaxed.wasm'));
  await loaded;
  const go = new Go(), module = await compiled;
  const listening = new Promise((done) => { window.sescopeReady = done; });
  go.run(await WebAssembly.instantiate(module, go.importObject));
  await listening;
  const [network, tensors] = await files;
  const h = sescope.load('simple-se', network), logits = new Float32Array(CLASSES);
  sescope.run(h, tensors.subarray(0, 12 * SIDE * SIDE), new Uint8Array(logits.buffer));
  first(logits);
})();
