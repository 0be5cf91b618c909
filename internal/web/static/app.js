// The little that HTML cannot do: files dropped anywhere on a page with a drop form go into its file input, and the row
// that an address names is opened. Pages work without this file.
"use strict";
(() => {
  const form = document.querySelector("form[data-drop]");
  if (form) {
    const input = form.querySelector("input[type=file]");
    const zone = form.querySelector(".drop") || form;
    let depth = 0;
    const over = on => zone.classList.toggle("over", on);
    addEventListener("dragenter", e => { e.preventDefault(); depth++; over(true); });
    addEventListener("dragleave", () => { if (--depth <= 0) { depth = 0; over(false); } });
    addEventListener("dragover", e => e.preventDefault());
    addEventListener("drop", e => {
      e.preventDefault();
      depth = 0;
      over(false);
      if (!e.dataTransfer.files.length) return;
      input.files = e.dataTransfer.files;
      form.requestSubmit();
    });
  }
  // What follows from a choice is shown beside the form as soon as it is chosen; without script a button does that.
  const asks = document.querySelector("form[data-preview]");
  if (asks) asks.addEventListener("change", async e => {
    if (e.target.type !== "radio" || !asks.querySelector("[name=row]:checked")) return;
    const res = await fetch("/software/new?" + new URLSearchParams(new FormData(asks)));
    const part = res.ok && new DOMParser().parseFromString(await res.text(), "text/html").querySelector(asks.dataset.preview);
    if (part) document.querySelector(asks.dataset.preview).replaceChildren(...part.childNodes);
  });
  const open = () => {
    const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = row && (row.matches("details") ? row : row.querySelector("details"));
    if (details) { details.open = true; details.scrollIntoView({ block: "start" }); }
  };
  // A row of the table of duties fetches the rest of itself when it is opened, and forgets it when it is closed, so that
  // no two open forms share their ids.
  const short = new WeakMap();
  document.addEventListener("toggle", async e => {
    const row = e.target;
    if (!row.dataset || !row.dataset.src) return;
    const body = row.querySelector(".dutybody");
    if (!short.has(row)) short.set(row, body.innerHTML);
    if (!row.open) { body.innerHTML = short.get(row); return; }
    const res = await fetch(row.dataset.src + "&part=1", { headers: { Accept: "text/html" } });
    if (res.ok && !res.redirected && row.open) body.innerHTML = await res.text();
  }, true);
  addEventListener("hashchange", open);
  open();
  addEventListener("keydown", e => {
    if (e.target.closest("input, textarea, select")) return;
    if (e.key === "/" || (e.key === "k" && (e.ctrlKey || e.metaKey))) {
      const box = document.querySelector("input[type=search]");
      if (box) { e.preventDefault(); box.focus(); }
    }
  });
})();
