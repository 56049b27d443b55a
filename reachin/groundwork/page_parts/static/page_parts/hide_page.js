// "Hide this page": the page is emptied at once, replaced in the history, and the session ended behind it.
// Pressing Shift three times within two seconds does the same. Without this file the form itself does it, more slowly.
(() => {
  const form = document.querySelector("[data-hide-page]");
  if (!form) return;

  const hide = () => {
    document.title = "…";
    document.body.replaceChildren();
    // `keepalive` lets the end of the session be sent after this page is gone.
    fetch(form.action, { method: "POST", keepalive: true, redirect: "manual", credentials: "same-origin" }).catch(() => {});
    location.replace(form.dataset.leadsTo);
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

  // A page that the browser kept in memory would show itself again on "back".
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !document.body.childElementCount) location.replace(form.dataset.leadsTo);
  });

  form.querySelector("[hidden]").hidden = false;
})();
