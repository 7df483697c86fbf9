'use strict';
(async () => {
  const tensors = bytes(NETWORK + 'tensors.bin');
  for (const part of ['core', 'backend-cpu', 'converter', 'backend-wasm']) {
    await new Promise((done) => {
      const script = document.createElement('script');
      script.src = `../vendor/tf-${part}.min.js`;
      script.onload = done;
      document.head.append(script);
    });
  }
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  tf.wasm.setWasmPaths(new URL('../vendor/', location).href);
  await tf.setBackend('wasm');
  const model = await tf.loadGraphModel(NETWORK + 'model.json');
  const input = tf.tensor4d(new Float32Array((await tensors).buffer, 0, 3 * SIDE * SIDE), [1, SIDE, SIDE, 3]);
  first(model.execute({ input }).dataSync());
})();
