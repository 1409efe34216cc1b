// Saves steps; every page works without it. No page is changed by what comes from outside: what is fetched is our own markup.
(() => {
  "use strict";
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const words = JSON.parse(document.body.dataset.words || "{}");
  const say = (word, n) => (words[word] || "").replace("{n}", n);

  // ---- Records that are looked for while typing -------------------------------------------------------------------
  function pick(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const input = box.querySelector("input[type=text]");
    const [id, was] = all("input[type=hidden]", box);
    const list = box.querySelector(".picks");
    let timer, asked, at = -1, composing = false;
    input.removeAttribute("list");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    const options = () => all("li[data-id]", list);
    const close = () => {
      clearTimeout(timer);
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (next) => {
      const found = options();
      if (!found.length) return;
      at = (next + found.length) % found.length;
      found.forEach((option, nth) => option.setAttribute("aria-selected", String(nth === at)));
      found[at].id = list.id + "-" + at;
      input.setAttribute("aria-activedescendant", found[at].id);
      found[at].scrollIntoView({ block: "nearest" });
    };
    const take = (option) => {
      input.value = option.dataset.text;
      was.value = option.dataset.text;
      id.value = option.dataset.id;
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const ask = async () => {
      if (asked) asked.abort();
      asked = new AbortController();
      try {
        const address = box.dataset.pick + "&q=" + encodeURIComponent(input.value.trim());
        const answer = await fetch(address, { signal: asked.signal, credentials: "same-origin", headers: { "HX-Request": "true" } });
        if (!answer.ok || document.activeElement !== input) return;
        list.innerHTML = await answer.text();
        list.hidden = false;
        at = -1;
        input.setAttribute("aria-expanded", "true");
      } catch (stopped) {
        // Given up for a later question, or no line: the text can still be sent as it is.
      }
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 180);
    };
    input.addEventListener("compositionstart", () => { composing = true; });
    input.addEventListener("compositionend", () => { composing = false; soon(); });
    input.addEventListener("input", () => { if (!composing) soon(); });
    input.addEventListener("blur", () => setTimeout(close, 150));
    input.addEventListener("keydown", (event) => {
      if (composing) return;
      if (event.key === "ArrowDown") {
        event.preventDefault();
        if (list.hidden) ask(); else mark(at + 1);
      } else if (event.key === "ArrowUp" && !list.hidden) {
        event.preventDefault();
        mark(at - 1);
      } else if (event.key === "Enter" && !list.hidden && at >= 0) {
        event.preventDefault();
        take(options()[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        close();
      }
    });
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("li[data-id]");
      event.preventDefault();
      if (option) take(option);
    });
  }

  // ---- Characters that are left ------------------------------------------------------------------------------------
  function counter(area) {
    if (area.dataset.ready) return;
    area.dataset.ready = "1";
    const max = Number(area.dataset.max);
    const line = document.createElement("p");
    line.className = "counter";
    line.hidden = true;
    line.setAttribute("role", "status");
    area.after(line);
    const show = () => {
      const left = max - Array.from(area.value).length;
      line.hidden = left > max / 5;
      line.classList.toggle("over", left < 0);
      line.textContent = left < 0 ? say("over", -left) : say("left", left);
    };
    area.addEventListener("input", show);
    show();
  }

  // ---- Forms: nothing typed is lost, nothing is sent twice ---------------------------------------------------------
  const texts = (form) => {
    const pairs = new URLSearchParams();
    new FormData(form).forEach((value, name) => { if (typeof value === "string") pairs.append(name, value); });
    return pairs;
  };
  function guard(form) {
    let changed = false, sent = false, timer;
    const keep = form.dataset.draft;
    const hint = form.querySelector(".buttons .hint");
    const save = async () => {
      try {
        const answer = await fetch(keep, { method: "POST", body: texts(form), credentials: "same-origin" });
        if (!answer.ok) return;
        changed = false;
        if (hint) {
          hint.setAttribute("role", "status");
          hint.textContent = words.kept + new Date().toTimeString().slice(0, 5);
        }
      } catch (offline) {
        // Tried again at the next change.
      }
    };
    const touched = () => {
      changed = true;
      if (keep) {
        clearTimeout(timer);
        timer = setTimeout(save, 3000);
      }
    };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", (event) => {
      if (sent) { event.preventDefault(); return; }
      sent = true;
      clearTimeout(timer);
      setTimeout(() => { sent = false; }, 4000);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        const button = form.querySelector(".buttons button.main");
        if (button) button.click();
      }
    });
    addEventListener("pagehide", () => { if (changed && keep && !sent) navigator.sendBeacon(keep, texts(form)); });
    addEventListener("beforeunload", (event) => {
      if (changed && !keep && !sent) {
        event.preventDefault();
        event.returnValue = words.unsaved;
      }
    });
  }

  // ---- Lists: choosing several, moving by arrows -------------------------------------------------------------------
  function batch(form) {
    const boxes = () => all("input[name=id]", form);
    const whole = form.querySelector("[data-all]");
    const bar = form.querySelector(".batch-bar");
    const chosen = form.querySelector("[data-chosen]");
    const plain = chosen.textContent;
    const show = () => {
      const count = boxes().filter((box) => box.checked).length;
      chosen.textContent = count ? chosen.dataset.chosen.replace("{n}", count) : plain;
      bar.hidden = count === 0;
      if (whole) {
        whole.checked = count > 0 && count === boxes().length;
        whole.indeterminate = count > 0 && count < boxes().length;
      }
    };
    form.addEventListener("change", (event) => {
      if (event.target === whole) boxes().forEach((box) => { box.checked = whole.checked; });
      show();
    });
    show();
  }
  function arrows(table) {
    table.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      if (!event.target.matches("td.title a, td.select input")) return;
      const cell = event.target.closest("td");
      const rows = all("tbody tr", table);
      const next = rows[rows.indexOf(cell.parentElement) + (event.key === "ArrowDown" ? 1 : -1)];
      const to = next && next.querySelector("td." + (cell.classList.contains("title") ? "title a" : "select input"));
      if (to) { event.preventDefault(); to.focus(); }
    });
  }

  // ---- The session ends of itself: said before, and what is on the screen goes with it --------------------------------
  const idle = document.querySelector("[data-idle]");
  if (idle) {
    const WARN_MS = 120000;
    const text = idle.querySelector("[data-idle-left]");
    let ends = Date.now() + Number(idle.dataset.idle);
    const ask = async (address) => {
      try {
        const answer = await fetch(address, { credentials: "same-origin", redirect: "manual" });
        if (answer.ok) ends = Date.now() + Number(await answer.text());
        else ends = 0;
      } catch (offline) {
        // The program is being started again; asked once more.
      }
    };
    let asking = false;
    const look = async () => {
      if (asking) return;
      if (ends - Date.now() < WARN_MS) {
        // Another page of the same session may have been used.
        asking = true;
        await ask(idle.dataset.left);
        asking = false;
      }
      const left = ends - Date.now();
      idle.hidden = left >= WARN_MS;
      text.textContent = Math.max(0, Math.ceil(left / 1000));
      if (left <= 0) location.replace(idle.dataset.gone);
    };
    idle.querySelector("[data-idle-stay]").addEventListener("click", async () => { await ask(idle.dataset.stay); look(); });
    setInterval(look, 5000);
  }

  // ---- What is folded opens when somebody is led there -------------------------------------------------------------
  function reveal(element) {
    for (let up = element; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  }
  function target() {
    const element = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!element) return;
    reveal(element);
    if (element.id === "menu" || element.matches("input, select, textarea, [tabindex]")) element.focus();
    element.scrollIntoView({ block: "nearest" });
  }
  addEventListener("hashchange", target);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.user[open]").forEach((menu) => { menu.open = false; menu.firstElementChild.focus(); });
    if (location.hash === "#menu") location.hash = "#top";
  });
  document.addEventListener("click", (event) => {
    all("details.user[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target.closest("[data-print]")) print();
    const day = event.target.closest("[data-day]");
    const date = day && document.getElementById(day.dataset.for);
    if (date) {
      date.value = day.dataset.day;
      date.dispatchEvent(new Event("change", { bubbles: true }));
      date.focus();
    }
  });
  let opened = [];
  addEventListener("beforeprint", () => { opened = all("main details:not([open])"); opened.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); });

  function ready(from) {
    all(".with-script", from).forEach((one) => { one.hidden = false; });
    all("[data-pick]", from).forEach(pick);
    all("textarea[data-max]", from).forEach(counter);
  }
  ready(document);
  all("form[data-guard]").forEach(guard);
  all("form.batch").forEach(batch);
  all("table.records").forEach(arrows);
  document.addEventListener("htmx:afterSettle", (event) => ready(event.target.parentElement || document));
  const errors = document.querySelector("[data-focus]");
  if (errors) { all(".wrong", document).forEach(reveal); errors.focus(); } else target();
})();
