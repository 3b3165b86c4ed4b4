// The keys that a tablet's own keyboard lacks. Each button sends what a terminal sends for its key (as xterm does), and
// leaves the focus where it is: taking it would hide that keyboard.
"use strict";
const plain = { Escape: "\x1b", Tab: "\t", Enter: "\r" };
const finals = { ArrowUp: "A", ArrowDown: "B", ArrowRight: "C", ArrowLeft: "D", Home: "H", End: "F", F1: "P", F2: "Q", F3: "R", F4: "S" };
const numbers = { Delete: 3, PageUp: 5, PageDown: 6, F5: 15, F6: 17, F7: 18, F8: 19, F9: 20, F10: 21, F11: 23, F12: 24 };
const bits = { Shift: 1, Alt: 2, Control: 4 };
const held = new Set();  // the modifiers of the next key

function release() {
  const sum = [...held].reduce((bitsOfHeld, name) => bitsOfHeld + bits[name], 0);
  held.clear();
  for (const button of document.querySelectorAll("#keys [data-modifier]")) { button.setAttribute("aria-pressed", "false"); }
  return sum;
}

function sequence(key) {
  const modifiers = release();
  if (key === "Tab" && modifiers & bits.Shift) { return "\x1b[Z"; }
  if (key in plain) { return (modifiers & bits.Alt ? "\x1b" : "") + plain[key]; }
  if (key in numbers) { return `\x1b[${numbers[key]}${modifiers ? `;${1 + modifiers}` : ""}~`; }
  if (modifiers) { return `\x1b[1;${1 + modifiers}${finals[key]}`; }
  return (/^F\d/.test(key) ? "\x1bO" : "\x1b[") + finals[key];
}

// What becomes of what is typed on the tablet's own keyboard: one letter is the next key; a tap on the terminal is none.
changeTyped = (text) => {
  if (!held.size || [...text].length !== 1) { return text; }
  const modifiers = release();
  let letter = modifiers & bits.Shift ? text.toUpperCase() : text;
  if (modifiers & bits.Control && /[@-_a-z ]/.test(letter)) { letter = String.fromCharCode(letter.toUpperCase().charCodeAt(0) & 31); }
  return (modifiers & bits.Alt ? "\x1b" : "") + letter;
};

function fitAboveKeyboard() {  // a tablet's keyboard lies over the page, which is not told of it otherwise
  const { height } = window.visualViewport;
  document.body.style.height = height < window.innerHeight ? `${height}px` : "";
  window.scrollTo(0, 0);
  window.dispatchEvent(new Event("resize"));
}

document.addEventListener("DOMContentLoaded", () => {
  const bar = document.getElementById("keys");
  bar.addEventListener("pointerdown", (event) => event.preventDefault());
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) { return; }
    const { key, modifier } = button.dataset;
    if (key) {
      terminalSocket?.send(JSON.stringify(["stdin", sequence(key)]));
    } else if (modifier) {
      if (!held.delete(modifier)) { held.add(modifier); }
      button.setAttribute("aria-pressed", String(held.has(modifier)));
    } else {
      const more = document.getElementById("more-keys");
      more.hidden = !more.hidden;
      button.setAttribute("aria-expanded", String(!more.hidden));
      window.dispatchEvent(new Event("resize"));
    }
  });
  if (matchMedia("(pointer: coarse)").matches) { window.visualViewport?.addEventListener("resize", fitAboveKeyboard); }
});
