// The network's worker: the same Go program as the page. It knows its role because it has no
// document.
'use strict';
self.onmessage = (event) => {
  importScripts(event.data.loader);
  self.onmessage = async (event) => {
    self.early = []; // what the page says before Go listens
    self.onmessage = (event) => self.early.push(event.data);
    self.first = event.data.first; // the network that the page will ask for first: { name, file }
    try {
      const go = new Go();
      const instance = await WebAssembly.instantiate(event.data.module, go.importObject);
      await go.run(instance);
    } finally {
      self.postMessage({ dead: true }); // main never returns unless Go panicked
    }
  };
};
