// Where a form came back with a problem, the box that says so takes focus, so that it is read first.
const box = document.querySelector("[data-focus]");
if (box) box.focus();
