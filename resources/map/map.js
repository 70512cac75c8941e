"use strict";
/* Wires folium's map (the global map_wall) to the console: scenes come in, the window's position goes out. */
(() => {
  const MOVE_INTERVAL_MS = 80;
  const PAN_PX = 100;
  const map = map_wall;
  const container = map.getContainer();

  function throttled(act, interval) {
    let waiting = null;
    let last = 0;
    return () => {
      if (waiting !== null) return;
      const rest = Math.max(0, last + interval - performance.now());
      waiting = setTimeout(() => {
        waiting = null;
        last = performance.now();
        act();
      }, rest);
    };
  }

  function corner(position, className) {
    const control = new L.Control({ position });
    const box = Symbols.element("div", className);
    control.onAdd = () => box;
    control.addTo(map);
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    return box;
  }

  function layerControl(console_, layers) {
    const box = corner("topright", "wf-layers");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Layers");
    for (const layer of layers) {
      const row = box.appendChild(Symbols.element("label", ""));
      const tick = row.appendChild(Symbols.element("input", ""));
      tick.type = "checkbox";
      tick.checked = layer.on;
      tick.addEventListener("change", () => console_.layer_switched(layer.name, tick.checked));
      row.append(Symbols.element("span", "", layer.label));
    }
  }

  function paths(pane, className) {
    map.createPane(pane).classList.add(className);
    return { group: L.layerGroup().addTo(map), text: "", pane };
  }

  /* Outlines and lines are few: redrawn whole when any of them changed. */
  function redraw(target, shapes, make) {
    const text = JSON.stringify(shapes);
    if (text === target.text) return;
    target.text = text;
    target.group.clearLayers();
    for (const one of shapes) target.group.addLayer(make(one));
  }

  function graticuleLabel(line) {
    const icon = L.divIcon({ html: Symbols.element("span", "", line.label), className: "wf-degree", iconSize: null });
    return L.marker(line.label_at, { icon, interactive: false, keyboard: false, pane: "degrees" });
  }

  function start(console_) {
    const fit = ([south, west, north, east]) => map.fitBounds([[south, west], [north, east]],
      { paddingTopLeft: [40, 64], paddingBottomRight: [40, 40], maxZoom: map.getMaxZoom() });
    const markers = new Markers(map, {
      camera: (id) => console_.camera_activated(id),
      alert: (id) => console_.alert_activated(id),
      incident: (id) => console_.incident_activated(id),
      fit,
    });
    const grid = paths("degrees", "wf-degrees");
    const sectors = paths("sectors", "wf-sectors");
    const links = paths("links", "wf-links");
    const notice = container.appendChild(Symbols.element("div", "wf-notice"));
    const noticeText = notice.appendChild(Symbols.element("span", ""));
    const showAll = notice.appendChild(Symbols.element("button", "", "Show all cameras"));
    showAll.addEventListener("click", () => console_.all_requested());
    L.DomEvent.disableClickPropagation(notice);
    notice.hidden = true;

    const report = () => {
      const size = map.getSize();
      if (size.x < 2 || size.y < 2) return;
      const bounds = map.getBounds();
      const centre = map.getCenter();
      console_.moved(JSON.stringify({
        bounds: [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()],
        centre: [centre.lat, centre.lng], zoom: map.getZoom(), size: [size.x, size.y],
      }));
    };

    console_.greeted.connect((text) => {
      const greeting = JSON.parse(text);
      layerControl(console_, greeting.layers);
      if (greeting.attribution) corner("bottomleft", "wf-attribution").textContent = greeting.attribution;
    });
    console_.scene_drawn.connect((text) => {
      const scene = JSON.parse(text);
      redraw(grid, scene.grid, (line) => L.layerGroup([
        L.polyline(line.points, { pane: grid.pane, className: "degree", interactive: false }), graticuleLabel(line)]));
      redraw(sectors, scene.sectors, (one) => L.polygon(one.ring,
        { pane: sectors.pane, className: `sector ${one.look}`, interactive: false }));
      redraw(links, scene.links, (points) => L.polyline(points,
        { pane: links.pane, className: "link", interactive: false }));
      markers.draw(scene.items);
      noticeText.textContent = scene.notice.text;
      showAll.hidden = !scene.notice.offers_all;
      notice.hidden = !scene.notice.text;
      console_.drawn(markers.onScreen());
    });
    console_.look_requested.connect((text) => {
      const look = JSON.parse(text);
      if (look.bounds) fit(look.bounds);
      else if (look.animate) map.flyTo(look.centre, look.zoom, { duration: 0.5 });
      else map.setView(look.centre, look.zoom, { animate: false });
    });

    const steps = { ArrowLeft: [-PAN_PX, 0], ArrowRight: [PAN_PX, 0], ArrowUp: [0, -PAN_PX], ArrowDown: [0, PAN_PX] };
    container.tabIndex = 0;
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", "Map");
    container.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const onMap = event.target === container || event.target.closest(".wf-marker");
      let used = false;
      if (event.key === "Escape") {
        map.closePopup();
        container.focus();
        used = true;
      } else if (onMap && event.key in steps) {
        map.panBy(steps[event.key], { animate: false });
        used = true;
      } else if (onMap && (event.key === "+" || event.key === "=")) {
        map.zoomIn();
        used = true;
      } else if (onMap && event.key === "-") {
        map.zoomOut();
        used = true;
      } else if (onMap && event.key === "Tab") {
        used = markers.step(event.shiftKey);
      } else if (onMap && event.key === "Enter") {
        used = markers.enter();
      }
      if (used) event.preventDefault();
    });

    map.on("move", throttled(report, MOVE_INTERVAL_MS));
    map.on("moveend", report);
    map.on("resize", report);
    console_.page_started();
    report();
  }

  new QWebChannel(qt.webChannelTransport, (channel) => start(channel.objects.console));
})();
