// The little that HTML cannot do: files dropped anywhere on a page of a software become its evidence, the row that
// an address names is opened, keys lead from row to row, and what is being typed is kept. Pages work without this file.
"use strict";
(() => {
  const form = document.querySelector("form[data-drop]") || document.querySelector("form[data-drop-any]");
  const zone = (form && form.querySelector(".drop")) || document.querySelector("main");
  let depth = 0;
  const over = on => zone.classList.toggle("over", on);
  const files = e => [...(e.dataTransfer ? e.dataTransfer.types : [])].includes("Files");
  addEventListener("dragenter", e => { if (files(e)) { e.preventDefault(); depth++; over(true); } });
  addEventListener("dragleave", () => { if (--depth <= 0) { depth = 0; over(false); } });
  addEventListener("dragover", e => { if (files(e)) e.preventDefault(); });
  addEventListener("drop", e => {
    if (!files(e)) return;
    e.preventDefault();
    depth = 0;
    over(false);
    const none = document.getElementById("nodrop");
    if (!form) { if (none) { none.hidden = false; none.scrollIntoView({ block: "center" }); } return; }
    const input = form.querySelector("input[type=file]");
    input.files = e.dataTransfer.files;
    if (form.dataset.understand) input.dispatchEvent(new Event("change", { bubbles: true }));
    else form.requestSubmit();
  });
  // What files would be taken for is shown before they are kept; a second choice of files replaces the first.
  for (const asks of document.querySelectorAll("form[data-understand]")) {
    let last = 0;
    asks.addEventListener("change", async e => {
      if (e.target.type !== "file" || !e.target.files.length) return;
      const turn = ++last, what = new FormData(), said = asks.querySelector("#understood");
      for (const f of e.target.files) what.append("files", f);
      const res = await fetch(asks.dataset.understand + "?part=1", { method: "POST", body: what });
      if (turn !== last || res.redirected) return;
      said.innerHTML = res.ok ? await res.text() : "";
      said.scrollIntoView({ block: "nearest" });
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
    if (res.ok && !res.redirected && row.open) { body.innerHTML = await res.text(); drafts(body); }
  }, true);
  addEventListener("hashchange", open);
  open();
  // A choice that needs no button sends its form; the button stays for those without script.
  for (const select of document.querySelectorAll("select[data-send]")) {
    select.form.querySelector("[data-go]").hidden = true;
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  for (const keys of document.querySelectorAll(".keys")) keys.hidden = false;
  // One button chooses all duties that are shown, or none.
  for (const button of document.querySelectorAll("button[data-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const boxes = [...document.querySelectorAll(`input[type=checkbox][name=${button.dataset.all}]`)];
      const on = boxes.some(b => !b.checked);
      for (const b of boxes) b.checked = on;
    });
  }
  // What is typed narrows a list of boxes down; what is chosen stays in sight.
  for (const words of document.querySelectorAll("input[data-narrow]")) {
    words.hidden = false;
    words.addEventListener("input", () => {
      const wanted = words.value.toLowerCase();
      for (const line of document.getElementById(words.dataset.narrow).children)
        line.hidden = !line.textContent.toLowerCase().includes(wanted) && !line.querySelector("input").checked;
    });
  }
  // What is typed into a long text is kept in this tab until it is sent, so that a closed page or a lost session costs
  // nothing.
  const drafts = root => {
    for (const text of root.querySelectorAll("textarea[data-keep]")) {
      const key = "draft " + text.dataset.keep;
      if (!text.value) text.value = sessionStorage.getItem(key) || "";
      text.addEventListener("input", () => sessionStorage.setItem(key, text.value));
      text.form.addEventListener("submit", () => sessionStorage.removeItem(key));
    }
  };
  drafts(document);
  // Keys: / search, j and k from duty to duty, x chooses one, ? says all this.
  const heads = () => [...document.querySelectorAll(".duty > summary")];
  const go = step => {
    const all = heads();
    const at = all.findIndex(h => h.parentElement.contains(document.activeElement));
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next) next.focus();
  };
  addEventListener("keydown", e => {
    if (e.key === "k" && (e.ctrlKey || e.metaKey)) return find(e);
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (e.key === "/") find(e);
    else if (e.key === "?") location.href = "/help";
    else if (e.key === "j") go(1);
    else if (e.key === "k") go(-1);
    else if (e.key === "x") {
      const row = document.activeElement.closest(".dutyrow");
      const box = row && row.querySelector(".pick input");
      if (box) box.checked = !box.checked;
    }
  });
  const find = e => {
    const box = document.querySelector("input[type=search]");
    if (box) { e.preventDefault(); box.focus(); }
  };
})();
