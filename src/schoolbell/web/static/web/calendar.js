// The office's calendar: a click on a free place puts a session there, to the half hour.

document.addEventListener("click", ({ target, clientY }) => {
  if (!target.matches?.(".cal-lane[data-new]")) return;
  const { top, height } = target.getBoundingClientRect();
  const halves = Math.floor(((clientY - top) / height) * target.dataset.hours * 2) + target.dataset.first * 2;
  const at = [Math.floor(halves / 2), (halves % 2) * 30].map((part) => String(part).padStart(2, "0")).join(":");
  location.assign(`${target.dataset.new}&at=${encodeURIComponent(at)}`);
});
