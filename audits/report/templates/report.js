(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent), S = data.texts, T = data.labels;
  function make(tag, name, text) {
    var node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function tag(verdict) { return make("span", "tag " + verdict, T.verdicts[verdict]); }
  function link(number) {
    var node = make("a", "", data.devices[number].name);
    node.setAttribute("href", "#device-" + number);
    return node;
  }

  // What stands in a device: its weaknesses with their lines, then every item. Built when it is first opened.
  function code(lines, more) {
    var box = make("div", "code"), last = 0;
    box.tabIndex = 0;
    lines.forEach(function (line) {
      if (last && line[0] > last + 1) box.append(make("div", "gap", "⋯"));
      var row = make("div", line[2] ? "row cited" : "row");
      row.append(make("span", "number", line[0]), make("code", "", S[line[1]]));
      box.append(row);
      last = line[0];
    });
    if (more) box.append(make("div", "gap", S[more]));
    return box;
  }
  function weakness(entry) {
    var box = make("div", "weakness " + entry.severity), head = make("p"), reason = make("p", "small");
    head.append(make("span", "tag " + entry.severity, T.severities[entry.severity]), " ", make("b", "", S[entry.reading]));
    box.append(head);
    if (entry.waiver !== undefined) box.append(make("p", "small", S[entry.waiver]));
    if (entry.items !== undefined) box.append(make("p", "small", T.items + T.colon + S[entry.items]));
    if (entry.why !== undefined) reason.append(S[entry.why] + " ");
    reason.append(make("span", "basis", T.basis + T.colon + S[entry.basis]));
    box.append(reason);
    if (entry.lines) box.append(code(entry.lines, entry.more));
    if (entry.records !== undefined) box.append(make("p", "small records", S[entry.records]));
    if (entry.note !== undefined || entry.commands !== undefined) {
      var fix = make("div", "fix");
      fix.append(make("b", "", T.fix));
      if (entry.note !== undefined) fix.append(make("p", "", S[entry.note]));
      if (entry.commands !== undefined) fix.append(make("pre", "", S[entry.commands]));
      box.append(fix);
    }
    return box;
  }
  function verdicts(findings) {
    var table = make("table", "wide"), head = make("tr"), body = make("tbody"), top = make("thead");
    [T.item, T.verdict, T.evidence].forEach(function (text) { head.append(make("th", "", text)); });
    top.append(head);
    findings.forEach(function (finding) {
      var row = make("tr"), state = make("td", "state"), text = make("td", "plain", S[finding[2]]);
      state.append(tag(finding[1]));
      if (finding[3] !== undefined) text.append(make("br"), make("span", "small", S[finding[3]]));
      row.append(make("td", "id", data.items[finding[0]].id), state, text);
      body.append(row);
    });
    table.append(top, body);
    return table;
  }
  function fill(details) {
    var box = details.querySelector("div.body");
    if (box.firstChild) return;
    var device = data.devices[Number(details.id.slice(7))];
    var meta = make("p", "meta small");
    device.about.forEach(function (pair) { meta.append(make("span", "", T[pair[0]] + T.colon + pair[1])); });
    box.append(meta);
    if (device.problem !== undefined) {
      var said = make("p");
      said.append(make("b", "", S[device.problem]));
      box.append(said);
      return;
    }
    box.append(make("h3", "", T.weaknesses));
    if (device.sound !== undefined) box.append(make("p", "", S[device.sound]));
    device.weak.forEach(function (entry) { box.append(weakness(entry)); });
    if (device.others.length) {
      box.append(make("h3", "", T.observations));
      device.others.forEach(function (entry) { box.append(weakness(entry)); });
    }
    box.append(make("h3", "", T.findings), verdicts(device.findings));
  }
  all("details.device").forEach(function (details) {
    if (details.open) fill(details);
    details.addEventListener("toggle", function () { if (details.open) fill(details); });
  });

  // What stands in an item: its devices, those that were found alike together.
  function groups(details) {
    var box = details.querySelector("div.body");
    if (box.firstChild) return;
    data.items[Number(details.getAttribute("data-item"))].groups.forEach(function (group) {
      var part = make("div", "group"), head = make("p"), names = make("p", "small");
      head.append(tag(group.verdict), " ", S[group.text]);
      part.append(head);
      if (group.decided !== undefined) part.append(make("p", "small records", S[group.decided]));
      if (group.records !== undefined) part.append(make("p", "small records", S[group.records]));
      group.devices.forEach(function (number, index) {
        if (number < 0) return;
        if (index) names.append(T.comma);
        names.append(link(number));
      });
      part.append(names);
      box.append(part);
    });
  }
  all("details[data-item]").forEach(function (details) {
    details.addEventListener("toggle", function () { if (details.open) groups(details); });
  });

  // Filters: chapter, verdict, device, text. With one device chosen an item shows what was found on that device.
  var verdict = "", buttons = all(".filters button");
  var chapter = document.getElementById("chapter"), device = document.getElementById("device"), words = document.getElementById("words");
  function chosen() {
    var name = device.value.trim(), found = data.devices.findIndex(function (entry) { return entry.name === name; });
    return found;
  }
  function apply() {
    var number = chosen(), name = device.value.trim().toLowerCase(), text = words.value.trim().toLowerCase(), shown = 0;
    var own = {};
    if (number >= 0) data.devices[number].findings.forEach(function (finding) { own[finding[0]] = finding[1]; });
    all("#items tr[data-verdict]").forEach(function (row) {
      var index = Number(row.getAttribute("data-index")), item = data.items[index];
      var found = number >= 0 ? own[index] : row.getAttribute("data-verdict");
      var fits = (verdict === "" || found === verdict) && (chapter.value === "" || String(item.chapter) === chapter.value)
        && (number < 0 || found !== undefined) && (text === "" || item.words.toLowerCase().indexOf(text) >= 0);
      row.classList.toggle("hidden", !fits);
      if (fits) shown += 1;
      var state = row.querySelector("td.state");
      state.textContent = "";
      state.append(tag(found || row.getAttribute("data-verdict")));
    });
    all("#items tr.category").forEach(function (row) {
      var next = row.nextElementSibling, any = false;
      while (next && !next.classList.contains("category")) { any = any || !next.classList.contains("hidden"); next = next.nextElementSibling; }
      row.classList.toggle("hidden", !any);
    });
    document.getElementById("no-item").classList.toggle("hidden", shown > 0);
    all("details.device").forEach(function (details, index) {
      var entry = data.devices[index];
      var fits = (name === "" || entry.name.toLowerCase().indexOf(name) >= 0) && (text === "" || entry.words.toLowerCase().indexOf(text) >= 0)
        && (verdict === "" && chapter.value === "" || entry.findings.some(function (finding) {
          return (verdict === "" || finding[1] === verdict)
            && (chapter.value === "" || String(data.items[finding[0]].chapter) === chapter.value);
        }));
      details.classList.toggle("hidden", !fits);
    });
  }
  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      verdict = button.getAttribute("data-show");
      buttons.forEach(function (other) { other.setAttribute("aria-pressed", String(other === button)); });
      apply();
    });
  });
  [chapter, device, words].forEach(function (field) { field.addEventListener("input", apply); });
  device.setAttribute("list", "names");

  function open() {
    var target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.classList.remove("hidden");
      fill(target);
      target.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", open);
  open();
  // On paper everything is unfolded, unless that would be a book.
  window.addEventListener("beforeprint", function () {
    if (data.devices.length > data.printed) return;
    all("details.device").forEach(function (details) { fill(details); details.open = true; });
    all("details[data-item]").forEach(function (details) { groups(details); details.open = true; });
  });
})();
