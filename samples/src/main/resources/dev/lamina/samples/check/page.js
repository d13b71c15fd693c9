"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = new Map(data.nodes.map(node => [node.id, node]));
  const order = new Map(data.nodes.map((node, i) => [node.id, i]));
  const find = id => document.getElementById(id);
  const svg = find("graph"), canvas = find("canvas"), view = find("view");
  const size = svg.viewBox.baseVal;
  const half = Number(svg.querySelector(".node rect").getAttribute("width")) / 2;
  let zoom = 1, chosen = null, figures = new Map(), sortBy = 7, descending = true;

  const views = data.sides.flatMap((side, i) => [[i, "kept"], [i, "compiled"]].filter(v => data.sides[v[0]][v[1]].length));
  for (const [i, kind] of views) {
    view.add(new Option(data.sides[i].label + (kind === "kept" ? ", all values kept" : ", as compiled for use")));
  }

  const hue = ratio => ratio <= 1 ? 140 - 90 * ratio : Math.max(0, 12 - 6 * Math.log10(ratio));

  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text !== undefined) { element.textContent = text; }
    if (className) { element.className = className; }
    return element;
  }

  /** Colours the graph by what one side says. */
  function show() {
    const [side, kind] = views[view.selectedIndex];
    figures = new Map();
    for (const found of data.sides[side][kind]) {
      found.group.forEach(id => figures.set(id, found));
      figures.set(found.id, found);
    }
    for (const element of svg.querySelectorAll(".node")) {
      const id = Number(element.id.slice(1)), found = figures.get(id);
      const first = data.first && data.first.id === id && data.first.side === side && data.first.compiled === (kind === "compiled");
      element.setAttribute("class", ["node", byId.get(id).op === "input" ? "input" : "", found ? "judged " + found.verdict : "",
        found && found.failed ? "failed" : "", first ? "first" : "", id === chosen ? "chosen" : ""].join(" "));
      element.style.setProperty("--h", found ? hue(found.ratio) : 0);
      element.querySelector(".ratio").textContent = found && found.verdict !== "NOT_JUDGED" ? found.ratioText : "";
    }
    callout(side, kind);
    if (chosen !== null) { details(chosen); }
  }

  /** The large label at the first node that fails. */
  function callout(side, kind) {
    const group = find("callout"), first = data.first;
    group.replaceChildren();
    if (!first || first.side !== side || first.compiled !== (kind === "compiled") || !find("n" + first.id)) { return; }
    const at = find("n" + first.id).transform.baseVal.consolidate().matrix;
    const space = "http://www.w3.org/2000/svg";
    const box = document.createElementNS(space, "rect"), text = document.createElementNS(space, "text"), tip = document.createElementNS(space, "path");
    text.textContent = first.text + " — " + first.why;
    group.append(box, tip, text);
    const width = text.getComputedTextLength() + 24;
    const left = Math.max(6, Math.min(at.e + half - width / 2, size.width - width - 6));
    const attributes = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
    attributes(text, { x: left + 12, y: at.f - 24 });
    attributes(box, { x: left, y: at.f - 46, width, height: 33, rx: 6 });
    attributes(tip, { d: `M${at.e + half - 10} ${at.f - 14}h20l-10 11z` });
  }

  function details(id) {
    const node = byId.get(id), found = figures.get(id), panel = find("details");
    const rows = [["node", node.name], ["op", node.op], ["shape", node.shape], ["operands", node.operands.join("\n")]];
    if (found) {
      rows.push(["verdict", found.label], ["relative error", found.rel], ["tolerance", found.tol], ["error / tolerance", found.ratioText],
        ["absolute error", found.abs], ["worst at", found.at], ["expected", found.expected], ["actual", found.actual], ["step", found.step],
        ["apart from the first side", found.apart]);
      if (found.unwritten) { rows.push(["unwritten elements", found.unwritten]); }
      if (found.origin) { rows.push(["NaN or infinity", "begins here"]); }
      if (found.group.length > 1) { rows.push(["judged together", found.group.map(i => byId.get(i).name).join("\n")]); }
      if (found.note) { rows.push(["note", found.note]); }
    } else {
      rows.push(["verdict", "this view has no figures of it"]);
    }
    const table = make("table");
    for (const [name, value] of rows) {
      const row = table.insertRow();
      row.insertCell().textContent = name;
      const cell = row.insertCell();
      cell.textContent = value;
      cell.style.whiteSpace = "pre-line";
    }
    panel.replaceChildren(make("h2", node.name), table);
  }

  function choose(id, scroll) {
    chosen = id;
    svg.querySelectorAll(".edge.near").forEach(edge => edge.classList.remove("near"));
    svg.querySelectorAll(`.edge[data-a="${id}"], .edge[data-b="${id}"]`).forEach(edge => edge.classList.add("near"));
    svg.querySelectorAll(".chosen").forEach(node => node.classList.remove("chosen"));
    if (find("n" + id)) {
      find("n" + id).classList.add("chosen");
      if (scroll) { centre(id); }
    }
    details(id);
  }

  function centre(id) {
    const at = find("n" + id).transform.baseVal.consolidate().matrix;
    canvas.scrollTo((at.e + half) * zoom - canvas.clientWidth / 2, (at.f + 18) * zoom - canvas.clientHeight / 2);
  }

  function resize(to) {
    const x = (canvas.scrollLeft + canvas.clientWidth / 2) / zoom, y = (canvas.scrollTop + canvas.clientHeight / 2) / zoom;
    zoom = Math.min(3, Math.max(0.08, to));
    svg.setAttribute("width", size.width * zoom);
    svg.setAttribute("height", size.height * zoom);
    canvas.scrollTo(x * zoom - canvas.clientWidth / 2, y * zoom - canvas.clientHeight / 2);
  }

  const columns = [["verdict", r => r.found.label], ["side", r => r.side], ["node", r => r.name], ["op", r => r.op], ["shape", r => r.shape],
    ["rel error", r => r.found.rel, 1], ["tolerance", r => r.found.tol, 1], ["ratio", r => r.found.ratioText, 1], ["abs error", r => r.found.abs, 1],
    ["worst at", r => r.found.at], ["expected", r => r.found.expected, 1], ["actual", r => r.found.actual, 1], ["apart", r => r.found.apart, 1]];
  const rows = data.sides.flatMap((side, i) => ["kept", "compiled"].flatMap(kind => side[kind]
    .filter(found => kind === "kept" || found.group.length > 1 || found.failed && !side.kept.some(k => k.id === found.id && k.failed))
    .map(found => ({ found, kind, index: i, side: side.label, order: order.get(found.id),
      name: (found.group.length > 1 ? found.group.map(id => byId.get(id).name).join(" + ") : byId.get(found.id).name)
        + (kind === "kept" ? "" : " (as compiled)"),
      op: found.group.length > 1 ? found.group.map(id => byId.get(id).op).join(" + ") : byId.get(found.id).op,
      shape: byId.get(found.id).shape }))));

  const number = text => text === "inf" ? Infinity : text === "NaN" ? Number.MAX_VALUE : Number(text);

  function compare(a, b) {
    const [name, get, isNumber] = columns[sortBy];
    if (name === "ratio" && a.found.failed !== b.found.failed) { return a.found.failed ? 1 : -1; }
    return isNumber ? number(get(a)) - number(get(b)) : String(get(a)).localeCompare(String(get(b)), undefined, { numeric: true });
  }

  function table() {
    const words = find("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = rows.filter(r => words.every(w => (r.name + " " + r.op + " " + r.side + " " + r.found.label).toLowerCase().includes(w)));
    shown.sort((a, b) => (descending ? compare(b, a) : compare(a, b)) || a.order - b.order);
    find("count").textContent = shown.length + " of " + rows.length;
    find("table").tHead.replaceChildren(heading());
    find("table").tBodies[0].replaceChildren(...shown.map(line));
  }

  function heading() {
    const row = make("tr");
    columns.forEach(([name, , isNumber], i) => {
      const cell = make("th", name, isNumber ? "number" : "");
      if (i === sortBy) { cell.setAttribute("aria-sort", descending ? "descending" : "ascending"); }
      cell.onclick = () => { descending = i === sortBy ? !descending : Boolean(isNumber); sortBy = i; table(); };
      row.append(cell);
    });
    return row;
  }

  function line(r) {
    const row = make("tr", undefined, r.found.failed ? "failed" : "");
    for (const [, get, isNumber] of columns) { row.append(make("td", get(r), isNumber ? "number" : "")); }
    row.onclick = () => {
      view.selectedIndex = views.findIndex(v => v[0] === r.index && v[1] === r.kind);
      show();
      choose(r.found.id, true);
      canvas.scrollIntoView({ block: "center" });
    };
    return row;
  }

  function toFirst() {
    view.selectedIndex = views.findIndex(v => v[0] === data.first.side && (v[1] === "compiled") === data.first.compiled);
    show();
    choose(data.first.id, true);
  }

  svg.addEventListener("click", event => {
    const node = event.target.closest(".node");
    if (node) { choose(Number(node.id.slice(1)), false); }
  });
  svg.addEventListener("keydown", event => {
    if (event.key === "Enter" && event.target.closest(".node")) { choose(Number(event.target.closest(".node").id.slice(1)), false); }
  });
  view.onchange = show;
  find("filter").oninput = table;
  find("in").onclick = () => resize(zoom * 1.25);
  find("out").onclick = () => resize(zoom / 1.25);
  find("fit").onclick = () => resize(Math.min((canvas.clientWidth - 20) / size.width, (canvas.clientHeight - 20) / size.height));
  table();
  resize(Math.min(1, Math.max(0.55, (canvas.clientWidth - 20) / size.width)));
  if (data.first) {
    find("first").hidden = false;
    find("first").onclick = toFirst;
    toFirst();
  } else {
    view.selectedIndex = views.findLastIndex(v => v[1] === "kept");
    show();
    canvas.scrollTo((size.width * zoom - canvas.clientWidth) / 2, 0);
  }
})();
