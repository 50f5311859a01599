// Judging by keyboard: 1 to 5 give the verdict, c goes to the comment, n and p turn the page.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "c") {
    const comment = document.querySelector("textarea[name=comment]");
    if (comment) {
      event.preventDefault();
      comment.focus();
    }
    return;
  }
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (wanted) {
    event.preventDefault();
    wanted.click();
  }
});

// Whoever presses twice means once.
document.addEventListener("submit", (event) => {
  if (!event.target.classList.contains("verdicts")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
