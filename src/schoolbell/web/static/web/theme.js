// Before the first paint: the theme this reader chose here, if any; otherwise the style sheet follows the device.
// Loaded in the head without `defer`, so that a page never flashes in the other theme.
{
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "schoolbell" || theme === "schoolbell-dark") root.dataset.theme = theme;
  } catch {
    // Storage is shut off: the device decides.
  }
}
