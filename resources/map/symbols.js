"use strict";
/* Draws one marker as DOM elements. Texts from outside only ever become text nodes. */
const Symbols = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function shape(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  function drawing(size, box, ...shapes) {
    const made = shape("svg", { width: size, height: size, viewBox: box, "aria-hidden": "true" });
    made.append(...shapes);
    return made;
  }

  /* One outline per kind of alert, told apart without colour. */
  const ALERT_SHAPES = {
    call_911: () => [shape("path", {
      d: "M5 2.5 8 2l1.6 4-2 1.6a9 9 0 0 0 4.8 4.8L14 10.4l4 1.6-.5 3a2.5 2.5 0 0 1-2.7 2A13 13 0 0 1 3 5.2 2.5 2.5 0 0 1 5 2.5z" })],
    gunshot: () => [shape("path", {
      d: "M10 0l1.9 5.4L17 2.9l-2.4 5.2L20 10l-5.4 1.9L17.1 17l-5.2-2.4L10 20l-1.9-5.4L2.9 17l2.5-5.2L0 10l5.4-1.9L2.9 2.9l5.2 2.5z" })],
    plate_hit: () => [
      shape("path", { "fill-rule": "evenodd",
        d: "M2 4h16a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H2a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM4 8v4h2.5V8zM8.7 8v4h2.6V8zM13.5 8v4H16V8z" })],
    panic: () => [shape("path", { "fill-rule": "evenodd",
      d: "M10 .8 20 18.5H0zM8.9 7v5.5h2.2V7zM8.9 14v2.2h2.2V14z" })],
    other: () => [shape("path", { d: "M10 0l10 10-10 10L0 10z" })],
  };

  function cameraGlyph() {
    return drawing(15, "0 0 20 20",
      shape("path", { d: "M1.5 5.5h11a1.5 1.5 0 0 1 1.5 1.5v1.7l5-2.7v8l-5-2.7V13a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 0 13V7a1.5 1.5 0 0 1 1.5-1.5z" }));
  }

  function camera(item) {
    const body = element("div", "camera");
    const [dx, dy] = item.offset;
    if (dx || dy) {
      const leader = drawing(1, "0 0 1 1", shape("line", { x1: -dx, y1: -dy, x2: 0, y2: 0 }),
        shape("circle", { cx: -dx, cy: -dy, r: 4 }));
      leader.classList.add("leader");
      body.append(leader);
      body.style.transform = `translate(${dx}px, ${dy}px)`;
    }
    if (item.bearing !== null) {
      const nose = drawing(52, "0 0 52 52", shape("path", { d: "M26 1.5 33 12a16.5 16.5 0 0 0-14 0z" }));
      nose.classList.add("nose");
      nose.style.transform = `rotate(${item.bearing}deg)`;
      body.append(nose);
    }
    const face = element("div", "face");
    face.append(item.number ? element("b", "", String(item.number)) : cameraGlyph());
    body.append(face);
    body.classList.toggle("wall", item.wall);
    body.classList.toggle("marked", item.number > 0);
    if (item.label) body.append(element("div", "label below", item.label));
    return body;
  }

  function cameras(item) {
    const body = element("div", "cameras");
    const face = element("div", "face");
    face.append(cameraGlyph(), element("b", "", String(item.count)));
    if (item.wall) face.append(element("span", "onwall", String(item.wall)));
    body.append(face);
    return body;
  }

  function alertPill(item, text) {
    const pill = element("div", `pill p${item.urgency}`);
    pill.append(drawing(16, "0 0 20 20", ...(ALERT_SHAPES[item.shape] || ALERT_SHAPES.other)()));
    pill.append(element("b", "", text), element("span", "", `P${item.urgency}`));
    return pill;
  }

  function alert(item) {
    const body = element("div", "alert");
    body.classList.toggle("done", item.done);
    body.classList.toggle("selected", item.selected);
    body.append(element("div", "spot"), element("div", "stem"));
    const pill = alertPill(item, item.word);
    if (item.done) pill.prepend(element("span", "", "✓"));
    body.append(pill);
    return body;
  }

  function alerts(item) {
    const body = element("div", "alert many");
    body.classList.toggle("done", item.done);
    body.append(element("div", "stem"), alertPill(item, `${item.count} alerts`));
    return body;
  }

  function incident(item) {
    const body = element("div", "incident");
    body.append(element("div", "spot"), element("div", "stem"));
    const flag = element("div", "flag");
    flag.append(element("span", "", "INCIDENT"), element("b", "", item.label));
    body.append(flag);
    return body;
  }

  const DRAWERS = { camera, cameras, alert, alerts, incident };

  function build(item) {
    const root = element("div", "wf-marker");
    root.setAttribute("role", "button");
    root.setAttribute("aria-label", [item.says, ...item.more].join(", "));
    root.tabIndex = -1;
    root.append(DRAWERS[item.kind](item));
    return root;
  }

  return { build, element };
})();
