// Passkeys: asks the browser to make or show one, and posts what it answers with the form.
// Without this file, or in a browser without passkeys, the form stays hidden and the words beside it say what else there is.
(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (words) => Uint8Array.from(atob(words.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const words = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (form) => {
    const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (answer.redirected || answer.status === 403) return location.reload(); // the visit is no longer fresh: the page itself leads to signing in again
    if (!answer.ok) throw new Error("no options");
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    if (form.dataset.passkey === "show") {
      options.allowCredentials = named(options.allowCredentials);
      return navigator.credentials.get({ publicKey: options });
    }
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  };

  const told = (credential) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = words(credential.response[part]);
    }
    return JSON.stringify({ id: credential.id, rawId: words(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const trouble = form.querySelector("[data-passkey-trouble]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      try {
        const credential = await ask(form);
        if (!credential) return;
        form.elements.credential.value = told(credential);
        form.submit();
      } catch {
        trouble.hidden = false;
      }
    });
    form.hidden = false;
    for (const without of document.querySelectorAll("[data-passkey-without]")) without.hidden = true;
  }
})();
