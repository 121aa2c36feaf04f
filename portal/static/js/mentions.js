// Offers names of colleagues while "@" and the beginning of a name are typed, and ticks whoever is named. Without this
// file the boxes below the text do the same; the server reads the names in the text in any case.
// What is typed and not yet written is kept in this tab: another button of the page must not lose it.

const MOST = 6; // names offered at a time
const TYPED = /[@\uff20]([^@\uff20\n]{0,40})$/;

const person = document.querySelector("[data-session]")?.dataset.person ?? "";

function start(form) {
  const area = form.querySelector("textarea");
  const kept = `comment ${person} ${form.action}`;
  const boxes = [...form.querySelectorAll("input[data-name]")];
  const list = document.createElement("div");
  list.className = "offer";
  list.hidden = true;
  area.after(list);

  const before = () => area.value.slice(0, area.selectionStart);

  function offer() {
    const typed = TYPED.exec(before())?.[1];
    const begins = (box) => box.dataset.name.toLowerCase().startsWith(typed.toLowerCase());
    const found = typed === undefined ? [] : boxes.filter(begins).slice(0, MOST);
    const rest = found.filter((box) => box.dataset.name !== typed);
    list.replaceChildren(...rest.map(button));
    list.hidden = !rest.length;
  }

  function button(box) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn quiet";
    made.dir = "auto";
    made.textContent = box.dataset.name;
    made.setAttribute("aria-label", form.dataset.choose.replace("{name}", box.dataset.name));
    made.addEventListener("click", () => choose(box));
    return made;
  }

  function choose(box) {
    const place = before();
    const start = place.length - TYPED.exec(place)[1].length;
    area.setRangeText(`${box.dataset.name} `, start, place.length, "end");
    list.hidden = true;
    tick();
    keep();
    area.focus();
  }

  // Only ever ticks: a box that a person cleared by hand while the name stands there is told all the same.
  function tick() {
    const text = area.value.toLowerCase();
    for (const box of boxes) {
      if (["@", "\uff20"].some((sign) => text.includes(sign + box.dataset.name.toLowerCase()))) box.checked = true;
    }
  }

  // Storage may be off: then nothing is kept, and everything else still works.
  function keep() {
    try {
      if (area.value) sessionStorage.setItem(kept, area.value);
      else sessionStorage.removeItem(kept);
    } catch { /* nothing to do */ }
  }

  function restore() {
    try { area.value ||= sessionStorage.getItem(kept) ?? ""; } catch { /* nothing to do */ }
    tick();
  }

  restore();
  area.addEventListener("input", () => { offer(); tick(); keep(); });
  form.addEventListener("submit", () => { try { sessionStorage.removeItem(kept); } catch { /* nothing to do */ } });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.hidden = true;
  });
}

document.querySelectorAll("form[data-mentions]").forEach(start);
