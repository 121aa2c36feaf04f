// Says twice a minute that this person is here, and shows who else is. Without this file the page shows who was there
// when it was opened. A page in the background says nothing: nobody reads it.

const BEAT = 30000; // ms; who was silent for a minute has gone

const box = document.querySelector("[data-here]");
const token = document.querySelector("[data-session]")?.dataset.token;
let timer;

function isolated(text) {
  const place = document.createElement("bdi");
  place.textContent = text;
  return place;
}

function show(people) {
  const parts = people.flatMap(({ name, place }, index) => [
    ...(index ? [", "] : []), isolated(name), ...(place ? [" (", isolated(place), ")"] : []),
  ]);
  box.querySelector("[data-names]").replaceChildren(...(parts.length ? parts : [box.dataset.alone]));
}

async function beat() {
  clearTimeout(timer);
  if (document.hidden) return; // goes on when the page is looked at again
  timer = setTimeout(beat, BEAT);
  const body = new URLSearchParams({ csrf_token: token, section: box.dataset.section });
  try {
    const response = await fetch(box.dataset.here, {
      method: "POST", body, redirect: "error", headers: { Accept: "application/json" },
    });
    if (response.ok) show((await response.json()).here);
    else if (response.status < 500) clearTimeout(timer); // signed out, or no longer allowed: nothing to say
  } catch { /* no connection: the next beat tries again */ }
}

if (box && token) {
  beat();
  document.addEventListener("visibilitychange", beat);
}
