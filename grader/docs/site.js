// SPDX-License-Identifier: MIT
// Where there is little room the theme puts its menu and the table of contents into
// drawers, opened by the labels of checkboxes that nobody sees: no key reaches them. Here
// the labels become buttons. While a drawer is open nothing beside it can be reached;
// Escape closes it, and so does a link in it.
"use strict";

(() => {
  const PARTS = ".skip, .mobile-header, .sidebar-drawer, .content, .toc-drawer";

  function makeButton(label, drawer) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = label.className;
    button.setAttribute("aria-controls", drawer.id);
    button.append(...label.childNodes);
    label.replaceWith(button);
    return button;
  }

  // `roomy` is the width from which on the drawer is a column of the page.
  function setUp(box, drawer, labels, roomy) {
    let opener = null;
    drawer.id = `${box.id}_drawer`;
    const buttons = [...labels].map((label) => makeButton(label, drawer));

    function set(open) {
      box.checked = open;
      buttons.forEach((button) => button.setAttribute("aria-expanded", open));
      document.querySelectorAll(PARTS).forEach((part) => {
        part.inert = open && part !== drawer;
      });
    }

    function close() {
      set(false);
      opener?.focus();
    }

    buttons.forEach((button) =>
      button.addEventListener("click", () => {
        opener = button;
        set(true);
        // The page's own name is in the table of contents, too, but not shown.
        [...drawer.querySelectorAll("a")].find((link) => link.checkVisibility()).focus();
      }),
    );
    // By the shade that lies over the rest of the page.
    box.addEventListener("change", close);
    drawer.addEventListener("click", (event) => {
      if (event.target.closest("a") && box.checked) set(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && box.checked) close();
    });
    matchMedia(roomy).addEventListener("change", () => set(false));
    // A browser that comes back to a page may have kept what was ticked.
    addEventListener("pageshow", () => set(false));
    set(false);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const one = (selector) => document.querySelector(selector);
    const all = (selector) => document.querySelectorAll(selector);
    setUp(one("#__navigation"), one(".sidebar-drawer"), all(".nav-overlay-icon"),
      "(min-width: 67em)");
    if (one(".toc-drawer a"))
      setUp(one("#__toc"), one(".toc-drawer"), all(".toc-overlay-icon"), "(min-width: 82em)");
  });
})();
