// Runs every engine in a worker of its own, one at a time, and compares their times.
// ?rounds=N&block=MS&warm=MS set how long it takes, ?networks=a,b picks networks; ?auto starts by
// itself.
'use strict';

// A browser that refuses a function with one f32x4.relaxed_madd measures without the relaxed build.
const RELAXED = WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11]));
const ENGINES = ['plain', ...(RELAXED ? ['relaxed'] : []), 'litert-plain', ...(RELAXED ? ['litert-1', 'litert-n'] : []), 'ort-1', 'ort-n', 'tfjs'];
const LABELS = { plain: 'SEscope', relaxed: 'SEscope relaxed', 'litert-plain': 'LiteRT.js without relaxed SIMD', 'litert-1': 'LiteRT.js, 1 thread', 'litert-n': 'LiteRT.js, all threads',
  'ort-1': 'onnxruntime-web, 1 thread', 'ort-n': 'onnxruntime-web, all threads', tfjs: 'tfjs wasm SIMD' };
const TOLERANCE = 1e-3; // of the largest logit

const query = new URLSearchParams(location.search);
const setting = (name, value) => Number(query.get(name)) || value;
const el = (id) => document.getElementById(id);
const say = (text) => { el('state').textContent = text; };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// engine starts a worker and returns a function that asks it and waits for the answer.
async function engine(name) {
  const worker = new Worker('worker.js?engine=' + name);
  let answer;
  worker.onmessage = ({ data }) => (data.error ? answer.reject(new Error(name + ': ' + data.error)) : answer.resolve(data));
  worker.onerror = (event) => answer.reject(new Error(name + ': ' + event.message));
  const ask = (message) => new Promise((resolve, reject) => { answer = { resolve, reject }; worker.postMessage(message); });
  return { name, ask, stop: () => worker.terminate(), info: (await ask({ op: 'init' })).info };
}

const sorted = (list) => Float64Array.from(list).sort();
function quantile(list, q) {
  const s = sorted(list), at = q * (s.length - 1), i = Math.floor(at);
  return i + 1 < s.length ? s[i] + (at - i) * (s[i + 1] - s[i]) : s[i];
}
const median = (list) => quantile(list, 0.5);
const round = (v, digits = 4) => Number(v.toPrecision(digits));

// agree compares every engine's logits with SEscope's plain ones, picture by picture, and returns
// the largest difference of each.
async function agree(engines, network) {
  const worst = {};
  const reference = [];
  for (const e of engines) {
    worst[e.name] = 0;
    for (let p = 0; p < network.pictures; p++) {
      const { logits } = await e.ask({ op: 'predict', network: network.name, picture: p });
      const want = reference[p] || (reference[p] = logits);
      const largest = Math.max(...want.map(Math.abs));
      for (let i = 0; i < want.length; i++) {
        const d = Math.abs(logits[i] - want[i]) / largest;
        if (!(d <= TOLERANCE) || logits.length !== want.length) {
          throw new Error(`${network.name}, picture ${p}: ${LABELS[e.name]} says ${logits[i]} for class ${i}, SEscope ${want[i]}`);
        }
        worst[e.name] = Math.max(worst[e.name], d);
      }
    }
    if (reference.length > 1 && reference[0].every((v, i) => v === reference[1][i])) throw new Error(network.name + ': two pictures have the same logits');
  }
  return worst;
}

async function measure() {
  const settings = { rounds: setting('rounds', 30), block: setting('block', 40), warm: setting('warm', 700) };
  let networks = await (await fetch('networks.json')).json();
  if (query.get('networks')) networks = networks.filter((n) => query.get('networks').split(',').includes(n.name));
  const result = {
    agent: navigator.userAgent, cores: navigator.hardwareConcurrency, isolated: crossOriginIsolated, settings, engines: {}, networks: [],
  };
  for (const network of networks) {
    say('Loading ' + network.name + '…');
    // Engines start anew for each network: onnxruntime's threads of sessions that wait would slow
    // the others down.
    const engines = [];
    const names = ENGINES.filter((name) => !(network.without || []).includes(name));
    for (const name of names) engines.push(await engine(name));
    for (const e of engines) result.engines[e.name] = { label: LABELS[e.name], ...e.info };
    network.pictures = setting('pictures', 4);
    for (const e of engines) await e.ask({ op: 'load', network });
    network.agree = await agree(engines, network);
    network.runs = {};
    for (const e of engines) {
      const { times } = await e.ask({ op: 'warm', network: network.name, ms: settings.warm });
      const typical = median(times.slice(-Math.ceil(times.length / 2)));
      network.runs[e.name] = Math.max(3, Math.round(settings.block / typical));
    }
    network.times = Object.fromEntries(names.map((name) => [name, []])); // one list a round
    const rounds = network.imported ? Math.ceil(settings.rounds / 3) : settings.rounds;
    for (let r = 0; r < rounds; r++) {
      say(`${network.name}, round ${r + 1} of ${rounds}…`);
      for (let i = 0; i < engines.length; i++) {
        const e = engines[(i + r) % engines.length]; // no engine always follows the same one
        const { times } = await e.ask({ op: 'block', network: network.name, runs: network.runs[e.name] });
        network.times[e.name].push(times);
        if (e.name.endsWith('-n')) await pause(20); // its threads go on spinning for a while
      }
    }
    for (const e of engines) e.stop();
    result.networks.push(summary(network));
    show(result);
  }
  say('Done.');
  return result;
}

// summary turns times into medians, percentiles and ratios.
function summary(network) {
  const engines = {};
  const names = Object.keys(network.times);
  for (const name of names) {
    const all = network.times[name].flatMap((t) => [...t]);
    engines[name] = { median: round(median(all)), p95: round(quantile(all, 0.95)), runs: all.length, agree: round(network.agree[name], 2) };
  }
  const ratio = (name, against) => round(median(network.times[name].map((t, r) => median(network.times[against][r]) / median(t))), 3);
  const peers = names.filter((name) => name !== 'plain' && name !== 'relaxed');
  const ratios = {};
  for (const name of names) ratios[name] = Object.fromEntries(peers.map((against) => [against, ratio(name, against)]));
  const { name, title, side, macs, single, imported } = network;
  return { name, title, side, macs, single, imported, engines, ratios };
}

function show(result) {
  const cell = (row, tag, ...content) => row.appendChild(document.createElement(tag)).append(...content);
  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const table = el('table');
  table.textContent = '';
  const head = table.insertRow();
  cell(head, 'th', 'network');
  for (const name of ENGINES) cell(head, 'th', LABELS[name]);
  for (const n of result.networks) {
    const row = table.insertRow();
    cell(row, 'td', element('b', n.single ? n.title : n.name), element('small', (n.macs / 1e6).toFixed(1) + ' M multiply-adds'));
    for (const name of ENGINES) {
      const e = n.engines[name];
      if (!e) {
        cell(row, 'td', '—');
        continue;
      }
      cell(row, 'td', element('b', e.median.toFixed(3)), element('small', 'p95 ' + e.p95.toFixed(3)), document.createElement('br'), name === 'litert-1' || !n.ratios[name]['litert-1'] ? '' : n.ratios[name]['litert-1'].toFixed(2) + ' ×');
    }
  }
}

async function start() {
  el('run').disabled = true;
  el('copy').hidden = true;
  try {
    window.benchResult = await measure();
    el('copy').hidden = false;
  } catch (err) {
    window.benchError = String(err && err.message || err);
    say('Stopped: ' + window.benchError);
  }
  el('run').disabled = false;
}
el('run').addEventListener('click', start);
el('copy').addEventListener('click', () => navigator.clipboard.writeText(JSON.stringify(window.benchResult, null, 2)));
el('run').disabled = false;
say(crossOriginIsolated ? 'Ready.' : 'Ready, but this page is not isolated: no threads, coarse clock.');
if (query.has('auto')) start();
