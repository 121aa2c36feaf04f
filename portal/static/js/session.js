// Warns before a sign-in ends, and keeps what is typed when it has. Without this file nothing changes: the next page
// asks for the sign-in, and what could not be saved is shown to be copied.

const WARN = 150; // seconds before the end; people need two minutes at least
const NOTED = 60; // the server writes down the last use at most once a minute
const RETRY = 10000; // ms

const box = document.querySelector("[data-session]");
const words = box?.dataset ?? {};
const kept = `typed ${words.person} ${location.pathname}`;

let last = Date.now();
let end = last + Number(words.left) * 1000;
let ended = false;
let warned = false;

const dialog = document.createElement("dialog");
const title = document.createElement("h2");
const text = document.createElement("p");
const clock = document.createElement("p");
const acts = document.createElement("div");
const stay = document.createElement("button");
const out = document.createElement("a");

function build() {
  title.id = "session-title";
  text.id = "session-text";
  dialog.className = "session";
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.setAttribute("aria-describedby", text.id);
  clock.setAttribute("role", "timer");
  acts.className = "acts";
  stay.className = "btn";
  stay.type = "button";
  stay.addEventListener("click", () => dialog.close());
  out.href = words.again;
  acts.append(stay, out);
  dialog.append(title, text, clock, acts);
  // Esc closes the dialog too: leaving it is staying.
  dialog.addEventListener("close", () => { if (!ended && idleEnd() <= end) renew(); });
  document.body.append(dialog);
}

// What is done in one tab counts in all of them.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("portal") : null;
tabs?.addEventListener("message", () => { last = Date.now(); });

function seen() {
  last = Date.now();
  tabs?.postMessage("seen");
}

const idleEnd = () => last + (Number(words.idle) - NOTED) * 1000;

async function renew() {
  const body = new URLSearchParams({ csrf_token: words.token });
  try {
    const response = await fetch(words.stay, {
      method: "POST", body, redirect: "error", headers: { Accept: "application/json" },
    });
    if (!response.ok) { if (response.status < 500) finish(); return; }
    const { left } = await response.json();
    seen();
    end = last + left * 1000;
  } catch {
    setTimeout(() => { warned = false; }, RETRY); // no connection: the warning comes again
  }
}

function show(heading, message, button, link) {
  title.textContent = heading;
  text.textContent = message;
  stay.textContent = button;
  stay.hidden = !button;
  out.textContent = link;
  out.hidden = !link;
  if (!dialog.open) dialog.showModal();
}

function tick() {
  if (ended) return;
  const now = Date.now();
  const left = Math.round((Math.min(end, idleEnd()) - now) / 1000);
  if (left <= 0) finish();
  else if (left > WARN) { warned = false; dialog.close(); }
  else if (idleEnd() <= end) warn(words.warnTitle, words.warnText, words.stayLabel, left);
  else warn(words.lastTitle, words.lastText, words.closeLabel, left);
}

function warn(heading, message, button, left) {
  const minutes = String(Math.floor(left / 60));
  clock.textContent = `${words.leftLabel} ${minutes}:${String(left % 60).padStart(2, "0")}`;
  if (warned) return;
  warned = true;
  show(heading, message, button, "");
}

function finish() {
  ended = true;
  keep();
  clock.textContent = "";
  if (dialog.open) dialog.close();
  show(words.endTitle, words.endText, "", words.againLabel);
  out.className = "btn";
}

// What is typed in forms that are not saved by themselves, for this person, on this page, in this tab.
function fields() {
  return [...document.querySelectorAll("main form:not([data-autosave]) :is(input, textarea, select)")].filter(
    (field) => field.name && !["password", "hidden", "file", "submit"].includes(field.type) && !field.readOnly,
  );
}

const isPick = (field) => ["radio", "checkbox"].includes(field.type);
const valueOf = (field) => (isPick(field) ? [field.value, field.checked] : [field.value]);

function keep() {
  try {
    sessionStorage.setItem(kept, JSON.stringify(fields().map((field) => [field.name, ...valueOf(field)])));
  } catch { /* storage is off: the page itself stays open */ }
}

function restore() {
  let typed = [];
  try {
    typed = JSON.parse(sessionStorage.getItem(kept)) ?? [];
    sessionStorage.removeItem(kept);
  } catch { return; }
  const places = fields();
  typed.forEach(([name, value, checked]) => {
    const same = places.filter((field) => field.name === name);
    const place = same.find((field) => !isPick(field) || field.value === value);
    if (!place) return;
    if (isPick(place)) place.checked = checked;
    else place.value = value;
    places.splice(places.indexOf(place), 1);
  });
}

if (box) {
  restore();
  build();
  seen();
  document.addEventListener("portal:saved", seen);
  setInterval(tick, 1000);
  // A laptop that slept counted nothing: look at once.
  document.addEventListener("visibilitychange", tick);
}
