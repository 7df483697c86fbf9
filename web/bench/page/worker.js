// One engine: init, load networks, and run them.
// worker.js?engine=plain|relaxed|litert-plain|litert-1|litert-n|ort-1|ort-n|tfjs
'use strict';

const name = new URLSearchParams(location.search).get('engine');
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

// Every engine has init, which tells what runs, and load, which returns set(tensor), a normalised
// picture of (H, W, 3) float32, and run(): the logits, or a promise of them.
const ENGINES = {
  sescope: (build) => ({
    async init() {
      importScripts('vendor/wasm_exec.js');
      const go = new Go();
      const listening = new Promise((done) => { self.sescopeReady = done; });
      const { instance } = await WebAssembly.instantiateStreaming(fetch(`engine-${build}.wasm`), go.importObject);
      go.run(instance).then(() => { throw new Error('the Go program ended'); });
      await listening;
      return { build };
    },
    async load(network) {
      const h = sescope.load(network.name, await bytes(network.folder + 'sescope.safetensors'));
      if (typeof h === 'string') throw new Error(h);
      const logits = new Float32Array(network.classes), out = new Uint8Array(logits.buffer);
      let input;
      return {
        set(tensor) {
          input = new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength);
        },
        run() {
          sescope.run(h, input, out);
          return logits;
        },
      };
    },
  }),
  ort: (threads) => ({
    async init() {
      importScripts('vendor/ort.wasm.min.js');
      ort.env.wasm.wasmPaths = new URL('vendor/', location).href;
      ort.env.wasm.numThreads = threads;
      return { version: ort.env.versions.web, threads };
    },
    async load(network) {
      const session = await ort.InferenceSession.create(network.folder + 'model.onnx', { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
      if (ort.env.wasm.numThreads !== threads) throw new Error(`${ort.env.wasm.numThreads} threads, expected ${threads}`);
      let input;
      return {
        set(tensor) {
          const area = network.side * network.side, planes = new Float32Array(3 * area);
          for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) planes[c * area + i] = tensor[3 * i + c];
          input = new ort.Tensor('float32', planes, [1, 3, network.side, network.side]);
        },
        run: async () => (await session.run({ input })).logits.data,
      };
    },
  }),
  litert: (file, threads) => ({
    async init() {
      const url = (name) => new URL('vendor/litert/' + name, location).href;
      self.litert = await import(url('index.js'));
      self.Module = { locateFile: url, mainScriptUrlOrBlob: url(file) };
      // A file by its name is loaded as it is; a folder would always get the build for this
      // browser.
      await litert.loadLiteRt(url(file));
      return { file, threads };
    },
    async load(network) {
      const model = await litert.loadAndCompile(new URL(network.folder + 'model.tflite', location).href, { accelerator: 'wasm', cpuOptions: { numThreads: threads } });
      let input;
      return {
        set(tensor) {
          input = tensor;
        },
        run: async () => {
          const tensor = new litert.Tensor(input, [1, network.side, network.side, 3]);
          const [logits] = await model.run(tensor);
          const values = logits.toTypedArray().slice();
          tensor.delete();
          logits.delete();
          return values;
        },
      };
    },
  }),
  tfjs: () => ({
    async init() {
      for (const part of ['core', 'backend-cpu', 'converter', 'backend-wasm']) importScripts(`vendor/tf-${part}.min.js`);
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // the build with SIMD and one thread
      tf.wasm.setWasmPaths(new URL('vendor/', location).href);
      if (!await tf.setBackend('wasm')) throw new Error('no wasm backend');
      await tf.ready();
      return { version: tf.version_core, simd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'), threads: 1 };
    },
    async load(network) {
      const model = await tf.loadGraphModel(network.folder + 'model.json');
      let input;
      return {
        set(tensor) {
          if (input) input.dispose();
          input = tf.tensor4d(tensor, [1, network.side, network.side, 3]);
        },
        run: () => tf.tidy(() => model.execute({ input }).dataSync()),
      };
    },
  }),
};

const make = {
  plain: () => ENGINES.sescope('plain'), relaxed: () => ENGINES.sescope('relaxed'), 'ort-1': () => ENGINES.ort(1),
  'ort-n': () => ENGINES.ort(navigator.hardwareConcurrency),
  'litert-plain': () => ENGINES.litert('litert_wasm_compat_internal.js', 1), 'litert-1': () => ENGINES.litert('litert_wasm_internal.js', 1),
  'litert-n': () => ENGINES.litert('litert_wasm_threaded_internal.js', navigator.hardwareConcurrency), tfjs: () => ENGINES.tfjs(),
};
const engine = make[name]();
const networks = {};

async function timed(network, enough) {
  const times = [];
  for (const start = performance.now(); !enough(times.length, performance.now() - start);) {
    const before = performance.now();
    const logits = network.run();
    if (logits instanceof Promise) await logits;
    times.push(performance.now() - before);
  }
  return Float64Array.from(times);
}

const ops = {
  init: async () => ({ info: await engine.init() }),
  async load({ network: about }) {
    const folder = `networks/${about.name}/`;
    const tensors = new Float32Array((await bytes(folder + 'tensors.bin')).buffer);
    const network = networks[about.name] = await engine.load({ ...about, folder });
    const size = 3 * about.side * about.side;
    network.picture = (i) => network.set(tensors.subarray(size * i, size * (i + 1)));
    network.picture(0);
    return {};
  },
  async predict({ network, picture }) {
    networks[network].picture(picture);
    return { logits: Array.from(await networks[network].run()) };
  },
  warm: async ({ network, ms }) => ({ times: await timed(networks[network], (n, spent) => n >= 10 && spent >= ms) }),
  block: async ({ network, runs }) => ({ times: await timed(networks[network], (n) => n >= runs) }),
};
onmessage = async ({ data }) => {
  try {
    postMessage(await ops[data.op](data));
  } catch (err) {
    postMessage({ error: String(err && err.message || err) });
  }
};
