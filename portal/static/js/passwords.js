// A button beside each password that shows what is typed. Without this file the fields work as they are.

const SUBMITTING = "password";

function addToggle(form, input) {
  const button = document.createElement("button");
  const { show, hide, what } = form.dataset;
  button.type = "button";
  button.className = "link";
  const say = (shown) => {
    input.type = shown ? "text" : SUBMITTING;
    button.textContent = shown ? hide : show;
    button.setAttribute("aria-label", `${button.textContent} ${what}`);
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => say(input.type === SUBMITTING));
  // Browsers keep what was in a text field for later; a password is sent as one.
  form.addEventListener("submit", () => say(false));
  input.after(" ", button);
  input.spellcheck = false;
  input.autocapitalize = "none";
  say(false);
}

document.querySelectorAll("form[data-show]").forEach((form) => {
  form.querySelectorAll("input[type=password]").forEach((input) => addToggle(form, input));
});
