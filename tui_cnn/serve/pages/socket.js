// Read before textual.js: where its WebSocket is (below the page, whatever proxy is in front), and why one was closed.
"use strict";
let terminalSocket = null;
let closedWith = null;
let changeTyped = (text) => text;

window.WebSocket = class extends WebSocket {
  constructor(address, ...rest) {
    super(address, ...rest);
    terminalSocket = this;
    this.addEventListener("close", (event) => { closedWith = event.code; });
  }

  send(message) {
    const [kind, text] = JSON.parse(message);
    super.send(kind === "stdin" ? JSON.stringify([kind, changeTyped(text)]) : message);
  }
};

document.addEventListener("DOMContentLoaded", () => {
  document.fonts.load("16px 'Roboto Mono'");  // before the terminal measures its cells, when all is loaded
  const terminal = document.getElementById("terminal");
  const address = new URL("ws" + document.body.dataset.watched, document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  terminal.dataset.sessionWebsocketUrl = address.href;
  const { columns, rows } = document.body.dataset;
  if (columns) {  // another person's screen, as large as all of it can be
    const fits = Math.min(terminal.clientWidth / columns / 0.62, terminal.clientHeight / rows / 1.25);
    terminal.dataset.fontSize = Math.max(4, Math.floor(fits));
  }
});
