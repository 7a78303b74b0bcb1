// Where a form came back with a problem, the box that says so takes focus, so that it is read first.
const box = document.querySelector("[data-focus]");
if (box) {
  box.focus();
  window.addEventListener("load", () => box.focus()); // an address that ends in #main, after "Skip to main content", moved it
}
