// Starts only the parts of the design system that a page has, and fetches it only then. Its own initAll would also start tracking.
(() => {
  const groups = document.querySelectorAll('[data-module="ds-checkboxes"]');
  if (!groups.length) return;
  import(document.currentScript.dataset.designSystem).then(({ default: designSystem }) => {
    groups.forEach((group) => new designSystem.components.Checkboxes(group).init());
  });
})();
