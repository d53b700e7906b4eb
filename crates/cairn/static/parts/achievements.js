// The editor of achievements: the picture as it changes, and search as you type. Both have a button without this.
(() => {
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);
  const picture = form.querySelector("[data-preview]");
  const told = form.querySelector("[data-contrast]");
  const later = (work, wait) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(work, wait); };
  };

  const light = (colour) => {
    const part = (at) => {
      const value = parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  };
  const look = later(() => {
    const names = ["shape", "ground", "accent", "icon", "words"];
    const query = new URLSearchParams(names.map((name) => [name, field(name).value]));
    picture.src = `${picture.dataset.preview}?${query}`;
    const [a, b] = [light(field("ground").value), light(field("accent").value)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const wanted = field("words").value.trim() ? 4.5 : 3;
    const low = contrast < wanted;
    told.textContent = low
      ? `The two colours stand ${Math.floor(contrast * 10) / 10} to 1 apart; from ${wanted} to 1 everybody can tell them apart.`
      : "";
    told.classList.toggle("wrong", low);
  }, 250);
  form.querySelector("[data-compose]").addEventListener("input", () => {
    form.querySelector("input[name=picture][value=compose]").checked = true;
    look();
  });

  const q = field("q");
  const list = form.querySelector("[data-found]");
  let asked = 0;
  const search = later(async () => {
    const words = q.value.trim();
    const mine = ++asked;
    if (words.length < 2) { list.replaceChildren(); return; }
    try {
      const answer = await fetch(`/api/v1/search?limit=20&q=${encodeURIComponent(words)}`, { headers: { accept: "application/json" } });
      if (!answer.ok || mine !== asked) return;
      const body = await answer.json();
      const items = Array.isArray(body) ? body : body.items || [];
      list.replaceChildren(...items.map((item) => {
        const one = { url: item.uri, name: item.name };
        for (const key of ["code", "framework", "kind"]) if (item[key]) one[key] = item[key];
        const button = document.createElement("button");
        button.className = "linkish";
        button.name = "action";
        button.value = `align:${JSON.stringify(one)}`;
        button.formAction = `${form.getAttribute("action")}#alignments`;
        const from = document.createElement("span");
        from.className = "tiny soft";
        from.textContent = ` ${[item.code, item.framework].filter(Boolean).join(" · ")}`;
        button.append(item.name, from);
        const row = document.createElement("li");
        row.append(button);
        return row;
      }));
    } catch {
      // the button beside the field searches without this
    }
  }, 200);
  q.addEventListener("input", search);
  q.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector("button[value=search]").click();
  });
})();
