// Goes on by itself where a page is only a step on the way; without scripts the button does it.
const step = document.getElementById("onward");
if (step instanceof HTMLFormElement) step.requestSubmit();
else if (step instanceof HTMLAnchorElement) location.assign(step.href);
