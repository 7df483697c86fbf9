// The smallest page that predicts with one engine; what it fetches and when it has its first logits
// is what counts.
'use strict';
const NETWORK = '../networks/simple-se/', SIDE = 32, CLASSES = 10;
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
addEventListener('error', (event) => { window.firstError = event.message; });
addEventListener('unhandledrejection', (event) => { window.firstError = String(event.reason); });
function first(logits) {
  if (logits.length !== CLASSES || !logits.every(Number.isFinite)) throw new Error('logits ' + logits);
  window.firstLogits = Array.from(logits);
  window.firstAt = performance.now(); // since the navigation
}
