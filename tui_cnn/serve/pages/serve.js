// Read after textual.js: the focus, a lost connection, and files that are dropped onto the page.
"use strict";

function focusTerminal() {
  document.querySelector(".xterm-helper-textarea")?.focus();
}

const dialogs = { 4001: "elsewhere", 4002: "ended", 4003: "failed", 4004: "full" };

async function reconnect() {
  document.getElementById("lost").show();
  for (;;) {
    await new Promise((done) => setTimeout(done, 1000));
    try {
      const answer = await fetch("alive", { cache: "no-store" });
      if (answer.ok) { location.reload(); return; }
      if (answer.status === 401) { break; }
    } catch { /* the server is not there yet */ }
  }
  document.getElementById("lost").close();
  document.getElementById("signed-out").showModal();
}

async function upload(files) {
  const line = document.getElementById("drop");
  let done = 0;
  for (const [path, file] of files) {
    line.textContent = `${++done}/${files.length} ${path}`;
    const answer = await fetch("files/" + path.split("/").map(encodeURIComponent).join("/"), { method: "PUT", body: file });
    if (!answer.ok) { line.textContent = `✗ ${await answer.text()}`; return false; }
  }
  line.textContent = `✓ ${files.length}`;
  return true;
}

async function entries(entry, path, found) {
  if (entry.isFile) {
    found.push([path + entry.name, await new Promise((done, failed) => entry.file(done, failed))]);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) { return; }
    for (const inside of some) { await entries(inside, path + entry.name + "/", found); }
  }
}

window.addEventListener("dragover", (event) => event.preventDefault());
window.addEventListener("drop", async (event) => {
  event.preventDefault();
  if (!document.getElementById("drop")) { return; }
  const dropped = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const found = [];
  for (const entry of dropped) { await entries(entry, "", found); }
  if (await upload(found) && document.getElementById("chosen")) { location.reload(); }
});

window.addEventListener("load", () => {
  for (const chosen of document.querySelectorAll("#chosen, #chosen-folder")) {
    chosen.addEventListener("change", async () => {
      if (await upload([...chosen.files].map((file) => [file.webkitRelativePath || file.name, file]))) { location.reload(); }
    });
  }
  for (const button of document.querySelectorAll("dialog button")) {
    button.addEventListener("click", () => location.reload());
  }
  if (!document.body.classList.contains("app")) { return; }
  new MutationObserver(() => {
    const state = document.body.classList;
    if (state.contains("-loaded") && !state.contains("-focused")) { state.add("-focused"); focusTerminal(); }
    if (state.contains("-closed") && !state.contains("-seen")) {
      state.add("-seen");
      if (dialogs[closedWith]) { document.getElementById(dialogs[closedWith]).showModal(); } else { reconnect(); }
    }
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("focus", focusTerminal);
});
