// Sends evidence in pieces, so that a broken line costs one piece. Without this file the form sends it whole.
// Where each file stands is kept on the device for this person: chosen again after a reload, it goes on from there.

const FIRST_RETRY = 2000;
const LAST_RETRY = 60000;
const wait = (time) => new Promise((done) => setTimeout(done, time));

// Storage may be full or switched off: then a file cannot go on after a reload, and everything else still works.
const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* nothing to do */ } },
  forget(key) { try { localStorage.removeItem(key); } catch { /* nothing to do */ } },
  keys() { try { return Object.keys(localStorage); } catch { return []; } },
};

class Sending {
  constructor(slot, file) {
    this.slot = slot;
    this.file = file;
    this.key = `${slot.prefix}${file.size} ${file.lastModified} ${file.name}`;
    this.line = document.createElement("div");
    this.line.className = "sending";
    const name = document.createElement("bdi");
    name.textContent = file.name;
    this.bar = document.createElement("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.words = document.createElement("span");
    this.words.className = "small";
    this.words.setAttribute("role", "status");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "link";
    this.button.textContent = slot.form.dataset.cancel;
    this.button.addEventListener("click", () => this.cancel());
    this.line.append(name, this.bar, this.words, this.button);
    slot.lines.append(this.line);
    this.say("queued");
  }

  say(message, instead = "") {
    const percent = this.file.size ? Math.floor((100 * (this.received ?? 0)) / this.file.size) : 100;
    this.bar.value = percent;
    const words = (instead || this.slot.form.dataset[message] || "").replace("{percent}", percent);
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  async ask(url, fields) {
    const body = fields && new FormData();
    if (body) {
      body.set("csrf_token", this.slot.form.elements.namedItem("csrf_token").value);
      Object.entries(fields).forEach(([name, value]) => body.set(name, value));
    }
    this.stop = new AbortController();
    const response = await fetch(url, {
      method: body ? "POST" : "GET", body, redirect: "error", signal: this.stop.signal, headers: { Accept: "application/json" },
    });
    const answer = response.status === 204 ? {} : await response.json();
    if (response.status >= 500 || response.status === 429) throw new Error(`later: ${response.status}`);
    return { status: response.status, answer };
  }

  // Each turn does one thing: begin, ask where it stands, or send the next piece. A broken line asks again.
  async run() {
    let retry = FIRST_RETRY;
    this.url = memory.get(this.key);
    while (!this.over) {
      try {
        await this.turn();
        retry = FIRST_RETRY;
      } catch {
        if (this.over) return;
        this.say("broken");
        this.received = undefined;
        await Promise.race([wait(retry), new Promise((done) => window.addEventListener("online", done, { once: true }))]);
        retry = Math.min(2 * retry, LAST_RETRY);
      }
    }
  }

  async turn() {
    if (!this.url) return this.begin();
    if (this.received === undefined) {
      const { status, answer } = await this.ask(this.url);
      if (status === 200) this.stands(answer);
      else if (status === 404) this.again();
      else this.end("ended");
      return undefined;
    }
    const piece = this.file.slice(this.received, this.received + this.piece);
    this.say(this.received + piece.size >= this.file.size ? "checking" : "sending");
    const { status, answer } = await this.ask(`${this.url}/pieces`, { offset: this.received, piece });
    if (status === 201) this.attached(answer);
    else if (status === 200 || (status === 409 && answer.received !== undefined)) this.received = answer.received;
    else if (status === 404) this.again();
    else if (status === 422) this.refused(answer.message);
    else this.end("ended");
    return undefined;
  }

  async begin() {
    const { status, answer } = await this.ask(this.slot.form.dataset.uploads, {
      question: this.slot.question, name: this.file.name, size: this.file.size,
    });
    if (status === 422) return this.refused(answer.message);
    if (status !== 200) return this.end("ended");
    this.url = answer.url;
    this.stands(answer);
    memory.set(this.key, answer.url);
    return undefined;
  }

  stands(answer) {
    this.received = answer.received;
    this.piece = answer.piece;
  }

  // The portal no longer knows it: swept after a day, or begun by somebody else on this device.
  again() {
    memory.forget(this.key);
    if (this.begunAgain) this.end("failed");
    this.begunAgain = true;
    this.url = this.received = undefined;
  }

  attached(answer) {
    this.received = this.file.size;
    this.end("attached");
    memory.forget(this.key);
    const line = document.createElement("div");
    const link = document.createElement("a");
    const name = document.createElement("bdi");
    line.className = "file";
    link.href = answer.url;
    name.textContent = answer.name;
    link.append(name);
    line.append(link);
    this.slot.files.append(line);
    this.bar.remove();
  }

  refused(message) {
    memory.forget(this.key);
    this.line.classList.add("wrong");
    this.end("failed", message);
    this.bar.remove();
  }

  end(message, instead) {
    this.over = true;
    this.say(message, instead);
    this.button.remove();
  }

  cancel() {
    this.over = true;
    this.stop?.abort();
    memory.forget(this.key);
    if (this.url) this.ask(`${this.url}/cancellation`, {}).catch(() => { /* swept after a day */ });
    this.line.remove();
    this.slot.input.focus();
  }
}

class Slot {
  constructor(form, place) {
    this.form = form;
    this.place = place;
    this.question = place.dataset.evidence;
    this.files = place.querySelector("[data-files]");
    this.input = place.querySelector("input[type=file]");
    this.prefix = `upload ${form.dataset.person} ${form.dataset.uploads} ${this.question} `;
    this.lines = document.createElement("div");
    const hint = document.createElement("p");
    hint.className = "small muted";
    hint.textContent = form.dataset.drop;
    this.input.after(hint, this.lines);
    this.queue = Promise.resolve();
    this.input.addEventListener("change", () => {
      this.take([...this.input.files]);
      this.input.value = ""; // or the form would send them once more
    });
    place.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files") || this.input.matches(":disabled")) return;
      event.preventDefault();
      place.classList.add("over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => {
      place.classList.remove("over");
      if (this.input.matches(":disabled") || !event.dataTransfer.files.length) return;
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
    this.remind();
  }

  // One after the other: on a thin line two at once only make both slower.
  take(files) {
    this.note?.remove();
    for (const sending of files.map((file) => new Sending(this, file))) {
      this.queue = this.queue.then(() => sending.over || sending.run());
    }
  }

  remind() {
    const names = memory.keys().filter((key) => key.startsWith(this.prefix))
      .map((key) => key.slice(this.prefix.length).split(" ").slice(2).join(" "));
    if (!names.length) return;
    this.note = document.createElement("p");
    this.note.className = "note small";
    this.note.textContent = this.form.dataset.unfinished.replace("{name}", names.join(", "));
    this.lines.before(this.note);
  }
}

for (const form of document.querySelectorAll("form[data-uploads]")) {
  form.querySelectorAll("[data-evidence]").forEach((place) => new Slot(form, place));
}
