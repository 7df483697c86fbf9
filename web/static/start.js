// The page's first script. Before the first paint it sets theme and language, so that nothing
// flashes; and it holds the sentences for a page that cannot start: a script that does not arrive
// or does not run, and whatever boot.js finds missing. So it uses nothing that an old browser
// lacks. Where not even this script runs, #stuck stays visible.
(function () {
  'use strict';
  var root = document.documentElement;
  function el(id) { return document.getElementById(id); }
  function stored(key) { try { return localStorage.getItem('sescope.' + key); } catch (err) { return null; } }
  var dark = window.matchMedia && matchMedia('(prefers-color-scheme: dark)').matches;
  var named = /[#&]lang=(en|zh)(&|$)/.exec(location.hash);
  root.setAttribute('data-begun', '');
  root.setAttribute('data-theme', stored('theme') || (dark ? 'dark' : 'light'));
  if (/[?&]embed=1(&|$)/.test(location.search)) root.setAttribute('data-embed', '');
  root.lang = named ? (named[1] === 'zh' ? 'zh-Hans' : 'en') : stored('lang') || (/^zh/i.test(navigator.language || '') ? 'zh-Hans' : 'en');

  // What happened, and what to do; English and Chinese.
  var FATAL = {
    nowasm: [['This browser cannot run WebAssembly', '这个浏览器不能运行 WebAssembly'],
      ['SEscope computes on your device and needs it. A current Chrome, Edge, Firefox or Safari has it; a strict security mode may switch it off.',
        'SEscope 在您的设备上计算，离不开它。新版 Chrome、Edge、Firefox 或 Safari 都支持；严格的安全模式可能把它关掉了。']],
    noworker: [['This browser cannot compute in the background', '这个浏览器不能在后台计算'],
      ['SEscope runs its network in a worker, which this browser does not have or does not allow here. Open the page in a current Chrome, Edge, Firefox or Safari.',
        'SEscope 在 Worker 里运行网络，而这个浏览器没有或不允许使用它。请用新版 Chrome、Edge、Firefox 或 Safari 打开。']],
    file: [['This page cannot run from a file', '本页不能直接从文件运行'],
      ['Browsers let a page that was opened as a file load nothing else, not even its own program. Open it through a web server: go run ./server, or any static one.',
        '以文件方式打开的网页，浏览器不让它加载别的东西，连自己的程序也不行。请通过网页服务器打开：go run ./server，或任何静态服务器。']],
    policy: [['The server forbids this page to run', '服务器禁止本页运行'],
      ["Its Content-Security-Policy does not let the page compute: it needs 'wasm-unsafe-eval' in script-src and 'self' in worker-src. Nothing in the browser can change that; tell whoever runs the server.",
        "它的 Content-Security-Policy 不让本页计算：script-src 需要 'wasm-unsafe-eval'，worker-src 需要 'self'。在浏览器里无法更改，请告知服务器的管理者。"]],
    nosimd: [['This browser is too old for the program', '浏览器版本太旧，无法运行程序'],
      ['SEscope computes with SIMD instructions, which Chrome and Edge know since 91, Firefox since 89 and Safari since 16.4. Update the browser, or open the page in another one.',
        'SEscope 用 SIMD 指令计算：Chrome 和 Edge 从 91 版、Firefox 从 89 版、Safari 从 16.4 版起支持。请更新浏览器，或换一个浏览器打开。']],
    compile: [['This browser is too old for the program', '浏览器版本太旧，无法运行程序'],
      ['It refused to compile the program. Update the browser, or open the page in a current Chrome, Edge, Firefox or Safari.',
        '它拒绝编译本程序。请更新浏览器，或用新版 Chrome、Edge、Firefox、Safari 打开。']],
    script: [['A part of the page does not run', '页面有一部分无法运行'],
      ['It arrived damaged, or this browser is too old for it. Reload the page; if that does not help, update the browser.',
        '它在传输中损坏了，或者浏览器版本太旧。请重新加载；如果仍然不行，请更新浏览器。']],
    fetch: [['Something could not be loaded', '有文件没能加载'],
      ['The connection or the server failed on the way. Check the connection, then reload the page.', '网络连接或服务器中途出错。请检查网络后重新加载。']],
    model: [["The network's file cannot be used", '网络文件无法使用'],
      ['It was refused while loading: perhaps it arrived damaged. Reload the page.', '加载时被拒绝，也许传输中损坏了。请重新加载页面。']],
    panic: [['The program stopped', '程序停止了'],
      ['That is a fault of ours. Reload the page to go on; your pictures never left this device.', '这是我们的错误。请重新加载页面；您的图片从未离开本设备。']]
  };

  function fail(kind, detail) {
    if (fail.happened) return;
    fail.happened = true;
    if (detail && window.console) console.error('SEscope: ' + kind + ': ' + detail);
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', function () { show(kind, detail); });
    else show(kind, detail);
  }
  function show(kind, detail) {
    var language = /^zh/.test(root.lang) ? 1 : 0;
    root.setAttribute('data-state', 'error');
    el('loading').hidden = true;
    var controls = el('app').querySelectorAll('button, select, input');
    for (var i = 0; i < controls.length; i++) controls[i].disabled = true; // they answer no more
    var stream = el('video').srcObject;
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    el('notice-title').textContent = FATAL[kind][0][language];
    el('notice-text').textContent = FATAL[kind][1][language] + (detail ? ' (' + detail + ')' : '');
    var old = el('notice-action'), reload = old.cloneNode(false); // a clone has none of the program's own listeners
    reload.textContent = ['Reload', '重新加载'][language];
    reload.hidden = false;
    reload.addEventListener('click', function () { location.reload(); });
    old.parentNode.replaceChild(reload, old);
    el('notice-second').hidden = el('notice-close').hidden = true;
    el('notice').hidden = false;
  }

  // Scripts and styles that do not arrive, and scripts that do not run, until the program does.
  addEventListener('error', function (event) {
    if (root.getAttribute('data-state') !== 'loading') return; // the program tells its own troubles
    var from = event.target;
    if (from.tagName === 'SCRIPT' || from.tagName === 'LINK' && from.rel === 'stylesheet') fail('fetch', (from.src || from.href).replace(/^.*\//, ''));
    else if (event.message && from === window) fail(/NetworkError/.test(event.message) ? 'fetch' : 'script', event.message);
  }, true);
  window.sescopeFail = fail;
})();
