// Choosing one of many people: suggestions while one types, as ARIA has a combobox with a list. Whoever is chosen is sent
// as an id; what is only typed is looked up when the form is sent.

const PAUSE = 200; // ms without a key

function picker(box) {
  const [words, id] = box.querySelectorAll("input");
  const [found, said, anew] = [".found", "[role=status]", "[data-anew]"].map((part) => box.querySelector(part));
  const field = box.closest(".field") ?? box.parentElement;
  const told = document.getElementById(`${words.id}_told`);
  const options = () => [...found.querySelectorAll("[role=option]")];
  const marked = () => found.querySelector("[aria-selected=true]");
  let [timer, asking] = [0, undefined];

  function close() {
    clearTimeout(timer);
    asking?.abort();
    found.hidden = true;
    words.setAttribute("aria-expanded", "false");
    words.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    marked()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    words.setAttribute("aria-activedescendant", option.id);
  }

  function show(html) {
    found.innerHTML = html;
    const list = found.querySelector("[role=listbox]");
    if (list) list.id = `${words.id}_list`;
    options().forEach((option, place) => (option.id = `${list.id}_${place}`));
    found.hidden = false;
    words.setAttribute("aria-expanded", String(Boolean(list)));
    words.removeAttribute("aria-activedescendant");
    said.textContent = found.querySelector("[data-words]").textContent;
  }

  async function look() {
    clearTimeout(timer);
    asking?.abort();
    const { signal } = (asking = new AbortController());
    try {
      const answer = await fetch(`${box.dataset.picker}?q=${encodeURIComponent(words.value)}`, { signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const html = await answer.text();
      if (!signal.aborted) show(html);
    } catch {
      if (signal.aborted) return; // something else is looked up meanwhile
      close();
      said.textContent = box.dataset.failed;
    }
  }

  function forget() {
    id.value = told.textContent = said.textContent = "";
    anew.hidden = !words.value;
    field.querySelector("[data-offers]")?.remove();
  }

  function choose({ dataset }) {
    words.value = dataset.name;
    forget();
    id.value = dataset.id;
    told.textContent = dataset.told;
    said.textContent = box.dataset.chosen.replace("%s", dataset.name);
    close();
  }

  words.addEventListener("input", () => {
    forget();
    if (!words.value.trim()) return close();
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });

  words.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const was = found.hidden ? undefined : marked();
      if (found.hidden) await look();
      const all = options();
      if (!found.hidden && all.length) mark(all[was ? (all.indexOf(was) + step + all.length) % all.length : step > 0 ? 0 : all.length - 1]);
    } else if (event.key === "Enter" && !found.hidden && marked()) {
      event.preventDefault();
      choose(marked());
    } else if (event.key === "Escape" && !found.hidden) {
      event.preventDefault();
      close();
    }
  });

  words.addEventListener("click", () => found.hidden && !id.value && look());
  words.addEventListener("blur", close);
  found.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
  found.addEventListener("click", ({ target }) => target.closest("[role=option]") && choose(target.closest("[role=option]")));
  anew.addEventListener("click", () => {
    words.value = "";
    forget();
    words.focus();
    look();
  });

  words.setAttribute("role", "combobox");
  words.setAttribute("aria-autocomplete", "list");
  words.setAttribute("aria-controls", `${words.id}_list`);
  close();
}

document.querySelectorAll("[data-picker]").forEach(picker);
