// Cairn in the browser: drag and drop, the why panel, filtering as you type, copying a link.
// Everything here has a way without it; nothing here decides anything.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const MOST = 32 * 1024 * 1024;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector, from = document) => from.querySelector(selector);
  const plural = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;

  // Files: drop them anywhere on the zone, see what was chosen, hear of too much before sending it.
  for (const form of all("form[data-drop]")) {
    const zone = one("[data-dropzone]", form);
    const files = one("input[type=file][name=files]", form);
    const told = one("[data-chosen]", form);
    const folderField = one("[data-folder]", form);
    const folder = folderField && one("input", folderField);
    if (folder && "webkitdirectory" in folder) {
      folder.webkitdirectory = true;
      folderField.hidden = false;
    }
    const tell = () => {
      const chosen = all("input[type=file][name=files]", form).flatMap((input) => [...input.files]);
      const bytes = chosen.reduce((sum, file) => sum + file.size, 0);
      const names = chosen.slice(0, 6).map((file) => file.name).join(", ");
      told.textContent = chosen.length === 0 ? ""
        : bytes > MOST ? `These files have ${Math.ceil(bytes / 1048576)} MB; 32 MB may be sent at once. Choose fewer.`
        : `${plural(chosen.length, "file")}: ${names}${chosen.length > 6 ? " …" : ""}`;
      return bytes <= MOST;
    };
    form.addEventListener("change", tell);
    form.addEventListener("submit", (event) => {
      if (!tell()) {
        event.preventDefault();
        files.focus();
      }
    });
    if (!zone || !files) continue;
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
    zone.addEventListener("drop", async (event) => {
      event.preventDefault();
      const list = new DataTransfer();
      for (const file of files.files) list.items.add(file);
      for (const file of await dropped(event.dataTransfer)) list.items.add(file);
      files.files = list.files;
      files.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // Folders are walked; a browser that cannot gives the plain files.
  async function dropped(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
    if (!entries.some((entry) => entry && entry.isDirectory)) return [...transfer.files];
    const found = [];
    const walk = async (entry, depth) => {
      if (!entry || depth > 6 || found.length >= 500) return;
      if (entry.isFile) found.push(await new Promise((good, bad) => entry.file(good, bad)));
      if (!entry.isDirectory) return;
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((good, bad) => reader.readEntries(good, bad));
        if (some.length === 0) break;
        for (const inner of some) await walk(inner, depth + 1);
      }
    };
    for (const entry of entries) await walk(entry, 0);
    return found;
  }

  // Why: the reason of the passage that was chosen, beside the ad (at the bottom on a phone).
  const panel = one("#why-panel");
  if (panel) {
    const idle = panel.innerHTML;
    let from = null;
    const close = () => {
      if (!from) return;
      all(".m.on").forEach((mark) => mark.classList.remove("on"));
      panel.innerHTML = idle;
      panel.classList.add("idle");
      const back = from;
      from = null;
      back.focus({ preventScroll: true });
    };
    const show = (mark) => {
      const reason = document.getElementById(`why-${mark.dataset.why}`);
      if (!reason) return;
      all(".m.on").forEach((other) => other.classList.remove("on"));
      all(`.m[data-why="${mark.dataset.why}"]`).forEach((same) => same.classList.add("on"));
      // The line that stands over the reason when it is folded, and then the reason itself.
      const line = one("summary", reason.parentElement).cloneNode(true);
      const head = document.createElement("p");
      head.className = "row";
      head.append(...line.childNodes);
      const copy = reason.cloneNode(true);
      panel.replaceChildren(head, ...copy.childNodes);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "x why-close";
      button.setAttribute("aria-label", "Close");
      button.textContent = "×";
      button.addEventListener("click", close);
      panel.prepend(button);
      panel.classList.remove("idle");
      panel.scrollTop = 0;
      from = mark;
      // On a phone the panel covers the lower part of the page; what was chosen stays in sight above it.
      if (getComputedStyle(panel).position === "fixed") {
        window.scrollBy({ top: mark.getBoundingClientRect().top - window.innerHeight * 0.2, behavior: "instant" });
      }
      panel.focus({ preventScroll: true });
    };
    document.addEventListener("click", (event) => {
      const mark = event.target.closest(".m[data-why]");
      if (!mark || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      show(mark);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  }

  // Catalogue: narrow what is on the page while typing; Enter still searches everything.
  for (const input of all("[data-filter]")) {
    const items = all("[data-list] [data-words]");
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const item of items) item.hidden = !wanted.every((word) => item.dataset.words.includes(word));
    });
  }

  for (const button of all("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = "Copied";
    });
  }
})();
