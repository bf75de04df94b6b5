// The visitor's own zone, told to the server once, on the first page; without JavaScript they choose it there. A page that
// came in another one is asked for again, before it is drawn: so this is loaded in the head, and only by who never told.
{
  const told = () => document.cookie.split("; ").some((one) => one.startsWith("zone="));
  if (!told()) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const shown = document.querySelector("meta[name=zone]")?.content;
    if (own) document.cookie = `zone=${own}; path=/; max-age=31536000; samesite=lax`;
    if (own && shown && own !== shown && told() && !new URLSearchParams(location.search).has("zone")) location.reload();
  }
}
