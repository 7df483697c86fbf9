// Sets theme and language before the first paint, so that nothing flashes. A file of its own: the page allows no inline script.
(function () {
  'use strict';
  const root = document.documentElement;
  const stored = (key) => { try { return localStorage.getItem('sescope.' + key); } catch { return null; } };
  const dark = window.matchMedia && matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = stored('theme') || (dark ? 'dark' : 'light');
  root.lang = stored('lang') || (/^zh/i.test(navigator.language || '') ? 'zh-Hans' : 'en');
})();
