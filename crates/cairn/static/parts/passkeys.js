// Passkeys: the browser makes them and signs with them only when a script asks it to.
(() => {
  const usable = globalThis.isSecureContext && "PublicKeyCredential" in globalThis;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const listed = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function post(address, body) {
    const answer = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.detail ?? "The site did not answer. Try again.");
    return said;
  }

  async function add(label) {
    const options = await post("/account/passkeys/begin");
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return post("/account/passkeys/finish", {
      label,
      credential: {
        id: made.id,
        rawId: text(made.rawId),
        type: made.type,
        response: {
          attestationObject: text(made.response.attestationObject),
          clientDataJSON: text(made.response.clientDataJSON),
        },
      },
    });
  }

  async function signIn(next) {
    const options = await post("/sign-in/passkey/begin");
    options.challenge = bytes(options.challenge);
    options.allowCredentials = listed(options.allowCredentials);
    const shown = await navigator.credentials.get({ publicKey: options });
    const { response } = shown;
    return post("/sign-in/passkey/finish", {
      next: next || null,
      credential: {
        id: shown.id,
        rawId: text(shown.rawId),
        type: shown.type,
        response: {
          authenticatorData: text(response.authenticatorData),
          clientDataJSON: text(response.clientDataJSON),
          signature: text(response.signature),
          userHandle: response.userHandle ? text(response.userHandle) : null,
        },
      },
    });
  }

  const told = (error) =>
    error.name === "NotAllowedError" ? "Nothing was done: it was called off, or took too long."
      : error.name === "InvalidStateError" ? "This device has a passkey for your account already."
        : error.message;

  async function act(button, says, what) {
    button.disabled = true;
    says.hidden = true;
    try {
      const { next } = await what();
      location.assign(next);
    } catch (error) {
      says.textContent = told(error);
      says.hidden = false;
      button.disabled = false;
    }
  }

  for (const form of document.querySelectorAll("[data-passkey-add]")) {
    const [button, says] = [form.querySelector("button"), form.querySelector("[data-passkey-says]")];
    if (!usable) {
      says.textContent = "This browser makes no passkeys at this address.";
      says.hidden = false;
      continue;
    }
    button.disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act(button, says, () => add(form.elements.label.value));
    });
  }
  for (const part of document.querySelectorAll("[data-passkey-sign-in]")) {
    if (!usable) continue;
    part.hidden = false;
    const [button, says] = [part.querySelector("button"), part.querySelector("[data-passkey-says]")];
    button.addEventListener("click", () => act(button, says, () => signIn(part.dataset.next)));
  }
})();
