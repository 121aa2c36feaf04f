// What this person typed and the server has not confirmed: counted on every page of the company, and sent from any of
// them once the line is back. Pages with questions send their own. Without this file "Save and continue" does the work.

const FIRST_RETRY = 3000; // ms
const LAST_RETRY = 60000;

const box = document.querySelector("[data-unsent]");
const words = box?.dataset ?? {};
const person = document.querySelector("[data-session]")?.dataset.person ?? "";
const prefix = `draft ${person} `;
const own = document.querySelector("form[data-autosave]")?.dataset.autosave;
const conflicts = new Map();
let retry = FIRST_RETRY;
let sending = false;

function drafts() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return []; // storage is off: nothing is kept on the device
  }
}

function show() {
  const count = drafts().length;
  box.hidden = count === 0;
  if (!count) return;
  const text = document.createElement("p");
  text.textContent = `${words.count.replace("{count}", String(count))} ${words.kept}`;
  const links = [...conflicts].map(([key, url]) => {
    const place = document.createElement("p");
    const link = document.createElement("a");
    link.href = url;
    link.textContent = words.conflict.replace("{question}", key.split(" ").pop());
    place.append(link);
    return place;
  });
  box.replaceChildren(text, ...links);
}

// Sent; or somebody else was faster, and both versions wait on the page of the question; or the line is still down.
async function send(key) {
  const [address, question] = key.slice(prefix.length).split(" ");
  if (address === own) return; // the page itself does it
  const draft = JSON.parse(localStorage.getItem(key));
  const body = new URLSearchParams(draft.fields);
  body.set("csrf_token", words.token);
  body.set("question", question);
  body.set(`${question}-version`, draft.version);
  const response = await fetch(address, {
    method: "POST", body, redirect: "error", headers: { Accept: "application/json" },
  });
  const answer = response.ok ? {} : await response.json();
  // Sent twice; or sent with its whole page, which has shown what came of it.
  const arrived = response.ok || (answer.theirs && (draft.sent || alike(draft.fields, answer.theirs, question)));
  if (arrived) localStorage.removeItem(key);
  else if (response.status === 409) conflicts.set(key, answer.url ?? location.href);
}

// Whether a person would see the same in the fields.
function alike(fields, theirs, question) {
  const hidden = [`${question}-version`, `${question}-base`];
  const shown = Object.entries(theirs).flatMap(([name, texts]) => texts.map((text) => [name, text]));
  const tidy = (pairs) => JSON.stringify(
    pairs.map(([name, text]) => [name, text.replace(/\r\n/g, "\n").trim()])
      .filter(([name, text]) => text && !hidden.includes(name)).sort(),
  );
  return tidy(fields) === tidy(shown);
}

async function sendAll() {
  if (sending || !navigator.onLine) return;
  sending = true;
  try {
    for (const key of drafts().filter((one) => !conflicts.has(one))) await send(key);
    retry = FIRST_RETRY;
  } catch {
    setTimeout(sendAll, retry);
    retry = Math.min(retry * 2, LAST_RETRY);
  }
  sending = false;
  show();
}

if (box) {
  show();
  sendAll();
  window.addEventListener("online", sendAll);
  window.addEventListener("storage", show);
  for (const event of ["portal:saved", "portal:kept"]) document.addEventListener(event, show);
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", (event) => {
    if (drafts().length && !window.confirm(words.leave)) event.preventDefault();
  });
}
