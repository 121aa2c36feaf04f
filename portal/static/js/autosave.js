// Saves each answer as it is typed. Without this file "Save and continue" does the same work.
// What the server has not confirmed stays on the device, and is put back when the page is opened again.

const TYPING = 900; // ms of silence before a text is sent
const CHOOSING = 150;
const FIRST_RETRY = 2000;
const LAST_RETRY = 60000;
const WAIT_FOR_SAVES = 4000; // a form is not held back longer than this

// Another person on the same device neither sees nor sends what this one typed.
const person = document.querySelector("[data-session]")?.dataset.person ?? "";
const plain = (text) => text.replace(/\r\n/g, "\n").trim();

class Question {
  constructor(form, section) {
    this.form = form;
    this.section = section;
    this.id = section.dataset.question;
    this.key = `draft ${person} ${form.dataset.autosave} ${this.id}`;
    this.place = section.querySelector("[data-save-state]");
    this.place?.setAttribute("role", "status");
    this.stopped = false;
    this.edits = 0;
    this.retry = FIRST_RETRY;
    this.restore();
    section.addEventListener("input", (event) => this.changed(event));
    section.addEventListener("change", (event) => this.changed(event));
  }

  inputs() {
    return [...this.form.elements].filter((input) => input.name?.startsWith(`${this.id}-`) && input.type !== "file");
  }

  named(part) {
    return this.form.elements.namedItem(`${this.id}-${part}`);
  }

  // What a person sees in the fields, as [name, value] pairs; the version and its digest are not theirs.
  fields() {
    const own = [`${this.id}-version`, `${this.id}-base`];
    return this.inputs()
      .filter((input) => !own.includes(input.name))
      .filter((input) => input.checked || !["radio", "checkbox"].includes(input.type))
      .map((input) => [input.name, input.value]);
  }

  // The same of an answer as the server tells it: { name: [values] }.
  shown(values) {
    return Object.entries(values)
      .filter(([name]) => ![`${this.id}-version`, `${this.id}-base`].includes(name))
      .flatMap(([name, texts]) => texts.map((text) => [name, text]));
  }

  changed(event) {
    if (event.target.type === "file") return;
    this.edits += 1;
    this.unsent = true;
    this.keep();
    if (!this.stopped) this.schedule(["radio", "checkbox", "select-one"].includes(event.target.type) ? CHOOSING : TYPING);
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  // One request at a time for each question: two would be each other's conflict.
  save(leaving = false) {
    clearTimeout(this.timer);
    if (!this.unsent || this.stopped) return this.running;
    if (!this.running) {
      this.running = this.send(leaving).finally(() => {
        this.running = undefined;
        if (this.unsent && this.again) this.schedule(0);
        this.again = false;
      });
    } else {
      this.again = true;
    }
    return this.running;
  }

  async send(leaving) {
    const edits = this.edits;
    const sent = this.fields();
    const body = new URLSearchParams(sent);
    body.set("csrf_token", this.form.elements.namedItem("csrf_token").value);
    body.set("question", this.id);
    body.set("version", this.named("version").value);
    body.set(`${this.id}-version`, this.named("version").value);
    this.say("saving");
    let response;
    let answer = {};
    try {
      response = await fetch(this.form.dataset.autosave, {
        method: "POST", body, keepalive: leaving, redirect: "error", headers: { Accept: "application/json" },
      });
      answer = await response.json();
    } catch {
      if (!response || response.ok || response.status >= 500) return this.later();
    }
    const base = `${this.id}-base`;
    const own = response.status === 409 && answer.theirs && alike(sent, this.shown(answer.theirs));
    if (response.ok) this.saved(answer, edits);
    else if (own) this.saved({ version: answer.version, base: answer.theirs[base]?.[0] }, edits); // sent twice
    else this.refused(response.status, answer);
  }

  saved(answer, edits) {
    this.named("version").value = answer.version;
    if (answer.base && this.named("base")) this.named("base").value = answer.base;
    this.section.dataset.version = answer.version;
    this.retry = FIRST_RETRY;
    if (this.edits === edits) {
      this.unsent = false;
      this.forget();
      document.dispatchEvent(new Event("portal:saved"));
      const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      this.say("saved", "done", { time: time.format(new Date()) });
    } else {
      this.keep();
      this.again = true;
    }
  }

  refused(status, answer) {
    if (status === 409) {
      this.stopped = true;
      this.say("conflict", "wait", {}, answer.message);
    } else if (status === 422) {
      this.say("invalid", "wait", {}, answer.errors?.map((error) => error.message ?? error).join(" "));
    } else if (status >= 500 || status === 429) {
      this.later();
    } else {
      this.stopped = true;
      this.say("signedOut", "wait");
    }
  }

  later() {
    this.say("offline", "wait");
    this.schedule(this.retry);
    this.retry = Math.min(this.retry * 2, LAST_RETRY);
  }

  say(message, mark = "", values = {}, instead = "") {
    if (!this.place) return;
    const text = instead || this.form.dataset[message] || "";
    this.place.textContent = text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    this.place.className = `save ${mark}`.trim();
    this.place.hidden = false;
  }

  // Storage may be full or switched off: then there is no copy on the device, and everything else still works.
  keep(sent = false) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ fields: this.fields(), version: this.named("version").value, sent }));
      document.dispatchEvent(new Event("portal:kept"));
    } catch { /* nothing to do */ }
  }

  forget() {
    try { localStorage.removeItem(this.key); } catch { /* nothing to do */ }
  }

  draft() {
    try { return JSON.parse(localStorage.getItem(this.key)); } catch { return null; }
  }

  // A draft from an older version goes into the fields with that version, so that the server finds the conflict and
  // shows both texts. If it was sent with the whole form, the server has already shown them.
  restore() {
    const draft = this.draft();
    if (!draft) return;
    const moved = draft.version !== this.named("version").value;
    if (alike(draft.fields, this.fields()) || (moved && draft.sent)) {
      this.forget();
      return;
    }
    for (const input of this.inputs()) {
      const values = draft.fields.filter(([name]) => name === input.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
      else if (values.length) [input.value] = values;
    }
    this.named("version").value = draft.version;
    this.unsent = true;
    this.say("restored", "wait");
    this.schedule(TYPING);
  }
}

// Whether a person would see the same in the fields: empty ones and blanks at the ends make no difference.
function alike(one, other) {
  const tidy = (fields) => fields.map(([name, value]) => [name, plain(value)]).filter(([, value]) => value).sort();
  return JSON.stringify(tidy(one)) === JSON.stringify(tidy(other));
}

function start(form) {
  const questions = [...form.querySelectorAll("[data-question]")].map((section) => new Question(form, section));
  let sending = false;

  // The whole form waits for answers on their way, or it would meet its own save as somebody else's.
  form.addEventListener("submit", async (event) => {
    if (sending) { event.preventDefault(); return; }
    questions.forEach((question) => clearTimeout(question.timer));
    const running = questions.map((question) => question.running).filter(Boolean);
    sending = true;
    if (running.length) {
      event.preventDefault();
      await Promise.race([Promise.allSettled(running), new Promise((done) => setTimeout(done, WAIT_FOR_SAVES))]);
      questions.forEach((question) => clearTimeout(question.timer));
      sending = false;
      form.requestSubmit(event.submitter);
      return;
    }
    questions.filter((question) => question.unsent).forEach((question) => question.keep(true));
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  });

  window.addEventListener("pageshow", () => {
    sending = false;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  });
  window.addEventListener("online", () => questions.forEach((question) => question.save()));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && !sending) questions.forEach((question) => question.save(true));
  });
}

document.querySelectorAll("form[data-autosave]").forEach(start);
