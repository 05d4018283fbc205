// Page views to Baton. Silent under Do Not Track, Global Privacy Control, and, where the
// tag says data-consent="required", until baton.allow(). No cookie.
(() => {
  const tag = document.currentScript;
  const base = new URL(tag.src).origin;
  const nav = navigator;
  let store;
  try {
    store = localStorage;
  } catch {
    return;
  }
  const mayTrack = () =>
    nav.doNotTrack !== "1" &&
    !nav.globalPrivacyControl &&
    (tag.dataset.consent !== "required" || store.batonConsent === "yes");
  const newId = () =>
    crypto.getRandomValues(new Uint32Array(3)).join("-").padStart(16, "0");
  const visitor = () => (store.batonVisitor ||= newId());

  // Our forms, framed and plain, learn the visitor and the campaign.
  function introduce() {
    const told = new URLSearchParams({
      visitor: visitor(),
      page: location.origin + location.pathname,
    });
    new URLSearchParams(location.search).forEach((value, name) => {
      if (name.startsWith("utm_")) told.set(name, value);
    });
    for (const frame of document.querySelectorAll(`iframe[src^="${base}/f/"]`)) {
      const url = new URL(frame.src);
      told.forEach((value, name) => url.searchParams.set(name, value));
      if (frame.src !== url.href) frame.src = url.href;
    }
    for (const form of document.querySelectorAll(`form[action^="${base}/f/"]`)) {
      told.forEach((value, name) => {
        let input = form.elements[name];
        if (!input) {
          input = document.createElement("input");
          Object.assign(input, { type: "hidden", name });
          form.append(input);
        }
        input.value ||= value;
      });
    }
  }

  function view() {
    if (!mayTrack()) return;
    const told = {
      v: visitor(),
      i: newId(),
      u: location.href,
      t: document.title,
      r: document.referrer,
    };
    nav.sendBeacon(base + "/t/", JSON.stringify(told));
    introduce();
  }

  window.baton = {
    view,
    allow() {
      store.batonConsent = "yes";
      view();
    },
    forbid() {
      delete store.batonConsent;
      delete store.batonVisitor;
    },
  };
  const event = document.prerendering ? "prerenderingchange" : "DOMContentLoaded";
  if (document.prerendering || document.readyState === "loading") {
    document.addEventListener(event, view, { once: true });
  } else view();
})();
