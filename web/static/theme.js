// Sets theme and language before the first paint, so that nothing flashes. A file of its own: the page allows no inline script.
(function () {
  'use strict';
  const root = document.documentElement;
  const stored = (key) => { try { return localStorage.getItem('sescope.' + key); } catch { return null; } };
  const dark = window.matchMedia && matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = stored('theme') || (dark ? 'dark' : 'light');
  const link = new URLSearchParams(location.hash.slice(1));
  const named = { en: 'en', zh: 'zh-Hans' }[link.get('lang')];
  if (new URLSearchParams(location.search).get('embed') === '1') root.dataset.embed = '';
  root.lang = named || stored('lang') || (/^zh/i.test(navigator.language || '') ? 'zh-Hans' : 'en');
})();
