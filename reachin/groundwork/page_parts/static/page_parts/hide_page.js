// "Hide this page": the page is emptied at once, replaced in the history, and the session ended behind it.
// Pressing Shift three times within two seconds does the same. Without this file the form itself does it, more slowly.
(() => {
  const form = document.querySelector("[data-hide-page]");
  if (!form) return;

  let isHidden = false;

  const hide = () => {
    isHidden = true;
    document.title = "…";
    document.body.replaceChildren();
    // `keepalive` lets the end of the session be sent after this page is gone; nobody waits longer than a moment for its answer.
    const ended = fetch(form.action, { method: "POST", keepalive: true, redirect: "manual", credentials: "same-origin" });
    const moment = new Promise((resolve) => setTimeout(resolve, 500));
    Promise.race([ended, moment]).then(() => location.replace(form.dataset.leadsTo), sendForm);
  };

  // Where the script could not end the session, the form does, as it does without a script.
  const sendForm = () => {
    form.hidden = true;
    document.body.append(form);
    form.submit();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    hide();
  });

  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
    } else if (!event.repeat) {
      presses = [...presses.filter((moment) => event.timeStamp - moment < 2000), event.timeStamp];
      if (presses.length === 3) hide();
    }
  });

  // Going from page to page leaves one entry in this tab's history, and not a list of what was read. A link with a place on the same
  // page, one to another site, and one that is opened elsewhere go as they always do.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    event.preventDefault();
    location.replace(link.href);
  });

  // A page that the browser kept in memory would show itself again on "back".
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && isHidden) location.replace(form.dataset.leadsTo);
  });

  form.querySelector("[hidden]").hidden = false;
})();
