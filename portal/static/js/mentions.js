// Offers names of colleagues while "@" and the beginning of a name are typed, and ticks whoever is named. Without this
// file the boxes below the text do the same; the server reads the names in the text in any case.

const MOST = 6; // names offered at a time
const TYPED = /[@\uff20]([^@\uff20\n]{0,40})$/;

function start(form) {
  const area = form.querySelector("textarea");
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
    area.focus();
  }

  // Only ever ticks: a box that a person cleared by hand while the name stands there is told all the same.
  function tick() {
    const text = area.value.toLowerCase();
    for (const box of boxes) {
      if (["@", "\uff20"].some((sign) => text.includes(sign + box.dataset.name.toLowerCase()))) box.checked = true;
    }
  }

  area.addEventListener("input", () => { offer(); tick(); });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.hidden = true;
  });
}

document.querySelectorAll("form[data-mentions]").forEach(start);
