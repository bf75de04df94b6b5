// What pages do better with JavaScript. Without it everything here still works: menus open, forms send, holds name a time.

const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);

// The theme: as the device, light or dark.

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "";
  each("[data-theme-choice]", (choice) => choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === theme)));
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (!choice) return;
  const theme = choice.dataset.themeChoice;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // It holds for this page.
  }
  showTheme();
});

// Menus close by Escape and by a click or a focus elsewhere.

function closeMenus(except) {
  each("details.drop[open]", (menu) => {
    if (!menu.contains(except)) menu.open = false;
  });
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.drop[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A form is sent once, however often its button is pressed. Coming back by the browser's button makes it whole again.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return; // htmx has taken what is already prevented
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // a page that is still loading may have been sent already
  each("form[data-sent]", (form) => {
    delete form.dataset.sent;
    each("[aria-busy]", (button) => button.removeAttribute("aria-busy"), form);
  });
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send]")) event.target.form?.requestSubmit();
});

// Toasts: those that offer nothing to do pass on their own, unless somebody is reading them with mouse or keyboard.

const PASSING_AFTER = 8000;

function letPass(toast) {
  if (toast.dataset.timed) return;
  toast.dataset.timed = "yes";
  setTimeout(function pass() {
    if (toast.matches(":hover, :focus-within")) setTimeout(pass, 1000);
    else toast.remove();
  }, PASSING_AFTER);
}

document.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest(".flash")?.remove());

function sayFailure() {
  const failure = document.getElementById("failure");
  const flashes = document.getElementById("flashes");
  if (failure && flashes && !flashes.querySelector("[data-failure]")) flashes.append(failure.content.cloneNode(true));
}

document.addEventListener("htmx:sendError", sayFailure);
document.addEventListener("htmx:responseError", sayFailure);

// Holds count down; at the end they say so, once, and offer to choose anew.

function showHold(hold) {
  const seconds = Math.max(0, Math.ceil((Date.parse(hold.dataset.hold) - Date.now()) / 1000));
  const [until, left] = [hold.querySelector("[data-until]"), hold.querySelector("[data-left]")];
  if (seconds > 3600) return;
  if (seconds > 0) {
    until.hidden = true;
    left.hidden = false;
    left.querySelector("b").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    return;
  }
  hold.removeAttribute("data-hold");
  hold.setAttribute("data-over", "");
  hold.querySelector("[data-running]").hidden = true;
  hold.querySelector("[data-ended]").textContent = hold.querySelector("[data-words]").content.textContent;
  each("[data-again]", (link) => (link.hidden = false), hold);
}

setInterval(() => each("[data-hold]", showHold), 1000);

// What is on the page, and what htmx brings in later.

function settle() {
  each("[data-hold]", showHold);
  each(".flash[data-passing]", letPass);
  showTheme();
}

document.addEventListener("htmx:load", settle);
settle();
