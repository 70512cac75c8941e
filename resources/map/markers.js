"use strict";
/* Keeps the markers on the map equal to the last scene, and turns mouse and keyboard on them into acts. */
class Markers {
  /* acts: {camera(id), alert(id), incident(id), fit(bounds)} */
  constructor(map, acts) {
    this.map = map;
    this.acts = acts;
    this.shown = new Map();
    this.order = [];
    this.tip = map.getContainer().appendChild(Symbols.element("div", "wf-tip"));
    this.tip.hidden = true;
    map.on("movestart zoomstart", () => this.hideTip());
  }

  draw(items) {
    const wanted = new Set(items.map((item) => item.key));
    const focused = this.focusedKey();
    for (const [key, entry] of this.shown) {
      if (!wanted.has(key)) {
        entry.marker.remove();
        this.shown.delete(key);
      }
    }
    for (const item of items) this.put(item);
    this.order = items.map((item) => item.key);
    if (focused && this.focusedKey() !== focused) {
      const again = this.shown.get(focused);
      (again ? again.root : this.map.getContainer()).focus({ preventScroll: true });
    }
    if (this.tipKey && !wanted.has(this.tipKey)) this.hideTip();
  }

  put(item) {
    const text = JSON.stringify(item);
    const old = this.shown.get(item.key);
    if (old && old.text === text) return;
    const root = Symbols.build(item);
    this.connect(root, item);
    const icon = L.divIcon({ html: root, className: "wf-pin", iconSize: null });
    if (old) {
      old.marker.setLatLng(item.at).setZIndexOffset(item.z).setIcon(icon);
      Object.assign(old, { root, item, text });
      return;
    }
    const options = { icon, interactive: false, keyboard: false, zIndexOffset: item.z };
    const marker = L.marker(item.at, options).addTo(this.map);
    this.shown.set(item.key, { marker, root, item, text });
  }

  connect(root, item) {
    // The map must not start panning under a marker that is about to be dragged, nor close its list at a click.
    for (const name of ["mousedown", "pointerdown", "click", "dblclick"]) L.DomEvent.on(root, name, L.DomEvent.stopPropagation);
    L.DomEvent.on(root, "mousedown", () => root.focus({ preventScroll: true }));
    if (item.kind === "camera") {
      this.makeDraggable(root, item.payload);
      L.DomEvent.on(root, "dblclick", () => this.acts.camera(item.id));
    } else {
      L.DomEvent.on(root, "click", () => this.activate(item));
    }
    L.DomEvent.on(root, "mouseenter", () => this.showTip(item));
    L.DomEvent.on(root, "mouseleave", () => this.hideTip());
    L.DomEvent.on(root, "focus", () => this.showTip(item));
    L.DomEvent.on(root, "blur", () => this.hideTip());
  }

  makeDraggable(root, payload) {
    root.draggable = true;
    root.addEventListener("dragstart", (event) => {
      this.hideTip();
      event.dataTransfer.setData("text/plain", payload);
      event.dataTransfer.effectAllowed = "copy";
    });
  }

  activate(item) {
    if (item.members && item.members.length) this.list(item);
    else if (item.bounds) this.acts.fit(item.bounds);
    else if (item.kind === "camera") this.acts.camera(item.id);
    else if (item.kind === "alert") this.acts.alert(item.id);
    else if (item.kind === "incident") this.acts.incident(item.id);
  }

  /* Things that no zoom can part are listed by name. */
  list(item) {
    const of = item.kind === "cameras" ? "camera" : "alert";
    const rows = Symbols.element("div", "wf-list");
    rows.append(Symbols.element("h2", "", item.says));
    for (const member of item.members) {
      const row = rows.appendChild(Symbols.element("div", "row", member.name));
      row.tabIndex = 0;
      row.setAttribute("role", "button");
      if (of === "camera") this.makeDraggable(row, member.payload);
      row.addEventListener(of === "camera" ? "dblclick" : "click", () => this.acts[of](member.id));
      row.addEventListener("keydown", (event) => {
        if (event.key === "Enter") this.acts[of](member.id);
      });
    }
    if (item.count > item.members.length) {
      rows.append(Symbols.element("p", "", `and ${item.count - item.members.length} more`));
    }
    L.popup({ className: "wf-popup", minWidth: 220, maxHeight: 320, offset: [0, -8] })
      .setLatLng(item.at).setContent(rows).openOn(this.map);
    const first = rows.querySelector(".row");
    if (first) first.focus();
  }

  focusedKey() {
    const root = document.activeElement && document.activeElement.closest(".wf-marker");
    if (!root) return null;
    for (const [key, entry] of this.shown) if (entry.root === root) return key;
    return null;
  }

  /* Tab goes through the markers in the scene's order; past either end the page's own order goes on. */
  step(back) {
    const at = this.order.indexOf(this.focusedKey());
    const next = at + (back ? -1 : 1);
    if (back && at < 0) return false;
    if (next < 0) {
      this.map.getContainer().focus();
      return true;
    }
    const entry = this.shown.get(this.order[next]);
    if (!entry) return false;
    entry.root.focus({ preventScroll: true });
    return true;
  }

  enter() {
    const entry = this.shown.get(this.focusedKey());
    if (entry) this.activate(entry.item);
    return Boolean(entry);
  }

  showTip(item) {
    this.tipKey = item.key;
    this.tip.replaceChildren(Symbols.element("b", "", item.says));
    for (const line of item.more) this.tip.append(Symbols.element("div", "", line));
    this.tip.hidden = false;
    const at = this.map.latLngToContainerPoint(item.at);
    const size = this.map.getSize();
    const left = Math.max(8, Math.min(at.x - this.tip.offsetWidth / 2, size.x - this.tip.offsetWidth - 8));
    const below = at.y + 26;
    const fits = below + this.tip.offsetHeight < size.y - 8;
    this.tip.style.left = `${Math.round(left)}px`;
    this.tip.style.top = `${Math.round(fits ? below : at.y - 58 - this.tip.offsetHeight)}px`;
  }

  hideTip() {
    this.tip.hidden = true;
    this.tipKey = null;
  }

  onScreen() {
    const bounds = this.map.getBounds();
    let count = 0;
    for (const entry of this.shown.values()) if (bounds.contains(entry.marker.getLatLng())) count += 1;
    return count;
  }
}
