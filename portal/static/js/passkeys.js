// Passkeys in forms: <form data-passkey="create" or "get" data-options="address of the options">. The answer of the
// device goes into the field "passkey", and the form is sent as it would be without this file.

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
};

const toText = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

const withBytes = (keys) => (keys ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));

// Some browsers still lack parseCreationOptionsFromJSON and toJSON.
const readOptions = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
  excludeCredentials: withBytes(options.excludeCredentials),
  allowCredentials: withBytes(options.allowCredentials),
});

const writeAnswer = ({ id, rawId, type, response }) => {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const sent = parts.filter((part) => response[part]).map((part) => [part, toText(response[part])]);
  const answer = { id, rawId: toText(rawId), type, response: Object.fromEntries(sent), clientExtensionResults: {} };
  return JSON.stringify(answer);
};

const fetchOptions = async (form) => {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const reply = await fetch(form.dataset.options, { method: "POST", body, headers: { Accept: "application/json" } });
  if (reply.status === 401) location.reload(); // the sign-in has ended, or a proof is asked for first
  if (!reply.ok) throw new Error(`options: ${reply.status}`);
  return readOptions(await reply.json());
};

const start = async (form, button, failed) => {
  failed.hidden = true;
  button.disabled = true;
  try {
    const publicKey = await fetchOptions(form);
    const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.passkey.value = writeAnswer(made);
    form.submit();
  } catch {
    failed.hidden = false; // cancelled, timed out, or no passkey here: the device has told the person which
  } finally {
    button.disabled = false;
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-start]");
  if (!window.PublicKeyCredential || !window.isSecureContext) continue;
  form.querySelector("[data-passkey-without]").hidden = true;
  button.hidden = false;
  button.addEventListener("click", () => start(form, button, form.querySelector("[data-passkey-failed]")));
}
