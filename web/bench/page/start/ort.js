'use strict';
(async () => {
  const files = Promise.all([bytes(NETWORK + 'model.onnx'), bytes(NETWORK + 'tensors.bin')]);
  const script = document.createElement('script');
  script.src = '../vendor/ort.wasm.min.js';
  const loaded = new Promise((done) => { script.onload = done; });
  document.head.append(script);
  await loaded;
  ort.env.wasm.wasmPaths = new URL('../vendor/', location).href;
  ort.env.wasm.numThreads = 1;
  const [model, tensors] = await files;
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const tensor = new Float32Array(tensors.buffer, 0, 3 * SIDE * SIDE), planes = new Float32Array(3 * SIDE * SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) for (let c = 0; c < 3; c++) planes[c * SIDE * SIDE + i] = tensor[3 * i + c];
  first((await session.run({ input: new ort.Tensor('float32', planes, [1, 3, SIDE, SIDE]) })).logits.data);
})();
