// Loaded in the head, before anything is painted: the theme this browser remembers.
{
  let theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // No storage: the system's theme it is.
  }
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
}
