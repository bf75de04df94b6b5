// Where a part of the page was swapped, the focus stays with whoever uses the keyboard. Who chose a time goes on to what
// it means; else it is on the same link, on the same arrow of the month (or the month's name, where there is no such
// arrow any more), or on the times of the day.

let focused;

document.addEventListener("htmx:beforeSwap", (event) => {
  const link = document.activeElement;
  const name = link.getAttribute("aria-label") ?? link.textContent;
  focused = event.detail.target?.contains(link) ? { name, rel: link.rel, chose: link.matches(".slot") } : undefined;
});

document.addEventListener("htmx:afterSettle", () => {
  const part = document.querySelector("[data-part]");
  if (!focused || !part) return;
  const links = [...part.querySelectorAll("a[href], select")];
  const same =
    (focused.rel && links.find((link) => link.rel === focused.rel)) ||
    (focused.rel && part.querySelector("[data-month]")) ||
    (focused.chose && part.querySelector("[data-chosen]")) ||
    links.find((link) => (link.getAttribute("aria-label") ?? link.textContent) === focused.name);
  (same ?? part.querySelector("#day-times"))?.focus({ preventScroll: true });
  focused = undefined;
});
