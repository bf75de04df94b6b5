// The API's page: finds operations by their words, copies lines, and names this installation's own address in the first.

const words = document.querySelector("[data-reference]").dataset;
const found = document.querySelector("[data-found]");
const linkTo = (id) => document.querySelector(`.api-list a[href="#${id}"]`).parentElement;
const operations = [...document.querySelectorAll("[data-operation]")].map((part) => ({
  part,
  link: linkTo(part.id),
  text: [part.closest("section").id, ...[...part.querySelectorAll("h3, .api-address")].map((one) => one.textContent)]
    .join(" ")
    .toLowerCase(),
}));

document.querySelector("[data-find]").addEventListener("input", (event) => {
  const typed = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { part, link, text } of operations) {
    part.hidden = link.hidden = !typed.every((word) => text.includes(word));
  }
  for (const group of document.querySelectorAll("[data-group]")) {
    const isFound = !typed.length || group.querySelector("[data-operation]:not([hidden])");
    group.hidden = linkTo(group.id).hidden = !isFound;
  }
  const many = operations.filter(({ part }) => !part.hidden).length;
  found.textContent = typed.length ? words.ofAll.replace("%", many) : "";
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  getSelection().selectAllChildren(code); // where a browser keeps the clipboard from us, it is at least chosen
  await navigator.clipboard?.writeText(code.textContent);
  if (navigator.clipboard) button.textContent = words.copied;
});

const first = document.querySelector(".api-code code");
first.textContent = first.textContent.replace(/https?:\/\/[^/\s]+/, location.origin);
