// Where a form came back with a problem, the box that says so takes focus, so that it is read first.
const box = document.querySelector("[data-focus]");
if (box) {
  box.focus();
  window.addEventListener("load", () => box.focus()); // an address that ends in #main, after "Skip to main content", moved it
}

// Where the address opens a page further down, reading begins there: the message at the top of the page is then read aloud as well. A
// reader is told only of what changes once the page is there.
const message = document.querySelector(".fl-message");
const aloud = document.getElementById("announce");
if (message && aloud) {
  window.addEventListener("load", () =>
    setTimeout(() => {
      if (document.querySelector(":target"))
        aloud.textContent = message.textContent.trim().replace(/\s+/g, " ");
    }, 300),
  );
}
