// Keys go to the screen without a click.
addEventListener("load", () => document.querySelector(".xterm-helper-textarea").focus());
