// Three conveniences. Without this script the page says the same.
'use strict';
(() => {
  const root = document.documentElement;

  // Colours: as the system, light, dark. Kept nowhere: files share one storage.
  const themes = ['auto', 'light', 'dark'];
  const glyphs = { auto: '◐', light: '○', dark: '●' };
  const theme = document.getElementById('theme');
  theme.hidden = false;
  theme.addEventListener('click', () => {
    const next = themes[(themes.indexOf(root.dataset.theme || 'auto') + 1) % themes.length];
    root.dataset.theme = next;
    theme.textContent = `${glyphs[next]} ${next}`;
    theme.setAttribute('aria-label', `Colours: ${next === 'auto' ? 'as the system' : next}`);
  });

  // Copy buttons. A page from a file may not be given the clipboard: then the text is selected instead.
  const select = (node) => getSelection().selectAllChildren(node);
  for (const button of document.querySelectorAll('[data-copy]')) {
    const source = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = 'Copied';
      } catch {
        select(source);
        button.textContent = 'Selected';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
  }

  // A step lights up its arrow and its operations; an arrow or an operation lights up its steps.
  const cex = document.getElementById('cex');
  if (!cex) return;
  const steps = [...cex.querySelectorAll('.steps [data-step]')];
  const light = (chosen) => {
    const numbers = new Set(chosen.map((step) => step.dataset.step));
    const ops = new Set(chosen.flatMap((step) => step.dataset.ops.split(' ')));
    cex.classList.toggle('lit', chosen.length > 0);
    for (const node of cex.querySelectorAll('[data-step]')) node.classList.toggle('on', numbers.has(node.dataset.step));
    for (const node of cex.querySelectorAll('[data-op]')) node.classList.toggle('on', ops.has(node.dataset.op));
  };
  const watch = (node, chosen) => {
    for (const on of ['mouseenter', 'focus']) node.addEventListener(on, () => light(chosen));
    for (const off of ['mouseleave', 'blur']) node.addEventListener(off, () => light([]));
  };
  for (const step of steps) watch(step, [step]);
  for (const node of cex.querySelectorAll('svg [data-step]')) {
    watch(node, steps.filter((step) => step.dataset.step === node.dataset.step));
  }
  for (const node of cex.querySelectorAll('svg [data-op]')) {
    watch(node, steps.filter((step) => step.dataset.ops.split(' ').includes(node.dataset.op)));
  }
})();
