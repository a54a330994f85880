// SPDX-License-Identifier: GPL-3.0-or-later
// stage.js - the picture: nodes, and the messages that are under way.  A frame costs what is in it,
// messages in flight and losses of the moment, and what has changed of the nodes, however many
// events the run has.
'use strict';

const FADES = 4;        // steps in which a lost message vanishes
const LOST_WAY = 0.55;  // how far it gets of its way, if it is lost as it sets out
const GLOW = 0.35;      // seconds of the viewer for which what arrived or was lost is seen
const GLOWING_MAX = 400;
const TOUCH = 14;       // pixels from a finger to what it means

function themeOf(element) {
  const style = getComputedStyle(element), theme = {};
  for (const name of ['ink', 'paper', 'faint', 'empty', 'full', 'down', 'mark', 'soft'])
    theme[name] = style.getPropertyValue('--' + name).trim();
  return theme;
}

// A canvas as large as its element, in the device's pixels.
function fitCanvas(canvas) {
  const ratio = Math.min(2, window.devicePixelRatio || 1), box = canvas.getBoundingClientRect();
  canvas.width = Math.max(1, Math.round(box.width * ratio));
  canvas.height = Math.max(1, Math.round(box.height * ratio));
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return {context, width: box.width, height: box.height};
}

class Stage {
  constructor(canvas, recording, state) {
    this.canvas = canvas;
    this.recording = recording;
    this.state = state;
    this.hidden = new Set();      // kinds of messages that are not drawn
    this.node = this.message = -1;   // those that were clicked
    this.base = document.createElement('canvas');   // what messages move over
    this.places = {};
  }

  setLayout(name) {
    this.layout = name;
    this.places[name] = this.places[name] || LAYOUTS[name].place(this.recording);
    this.resize();
  }

  resize() {
    const fitted = fitCanvas(this.canvas), n = this.recording.nodes;
    this.context = fitted.context;
    this.width = fitted.width;
    this.height = fitted.height;
    this.theme = themeOf(this.canvas);
    this.labels = this.layout === 'groups' ? 22 : 0;
    const half = Math.min(this.width, this.height) / 2;
    const room = this.layout === 'ring' ? 2 * Math.PI * half / n * 0.36 : half / Math.sqrt(n) * 0.3;
    this.radius = Math.max(2.4, Math.min(13, room));
    this.dot = Math.max(1.8, Math.min(4.5, this.radius * 0.6));
    const ratio = this.canvas.width / this.width, toPixel = x => Math.round(x * ratio) / ratio;
    const scale = half - this.radius - 8 - this.labels;
    this.sprites = new Sprites(this.radius, this.dot, this.theme, ratio);
    this.drawn = new Int16Array(n).fill(-1);   // how each node is drawn
    this.x = new Float64Array(n + 1);
    this.y = new Float64Array(n + 1);
    this.places[this.layout].forEach(([x, y], i) => {
      this.x[i] = toPixel(this.width / 2 + scale * x);
      this.y[i] = toPixel(this.height / 2 + scale * y);
    });
    this.x[n] = this.width / 2;
    this.y[n] = this.height / 2;
    this.drawBackground();
  }

  // What stays: links, names of groups, and the place of the nodes that are not shown.
  drawBackground() {
    this.base.width = this.canvas.width;
    this.base.height = this.canvas.height;
    const context = this.base.getContext('2d'), r = this.recording;
    context.setTransform(this.context.getTransform());
    if (this.layout === 'links') this.drawLinks(context);
    if (this.layout === 'groups') this.drawGroupNames(context);
    if (r.nodes < r.nodesTotal) {
      context.strokeStyle = this.theme.down;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.arc(this.x[r.nodes], this.y[r.nodes], 18, 0, 7);
      context.stroke();
      context.fillStyle = this.theme.soft;
      context.font = '12px system-ui, sans-serif';
      context.textAlign = 'center';
      context.fillText('the other nodes', this.x[r.nodes], this.y[r.nodes] + 34);
    }
  }

  drawLinks(context) {
    context.strokeStyle = this.theme.faint;
    context.beginPath();
    for (const [a, b] of this.recording.links) {
      context.moveTo(this.x[a], this.y[a]);
      context.lineTo(this.x[b], this.y[b]);
    }
    context.stroke();
  }

  drawGroupNames(context) {
    context.fillStyle = this.theme.soft;
    context.font = '13px system-ui, sans-serif';
    context.textAlign = 'center';
    this.recording.groups.forEach((name, g) => {
      let x = 0, low = -Infinity, count = 0;
      for (let i = 0; i < this.recording.nodes; i++)
        if (this.recording.group[i] === g) {
          x += this.x[i];
          low = Math.max(low, this.y[i]);
          count++;
        }
      if (count) context.fillText(name.slice(0, 24), x / count, low + this.radius + 15);
    });
  }

  // `speed`: seconds of the run in one of the viewer.
  draw(time, view, speed) {
    const context = this.context;
    this.glow = GLOW * speed;
    this.drawNodes(view);
    context.globalCompositeOperation = 'copy';
    context.drawImage(this.base, 0, 0, this.width, this.height);
    context.globalCompositeOperation = 'source-over';
    this.drawArrivals(time);
    this.drawMessages(time);
    this.drawChosen(time);
  }

  // Those that have changed since they were drawn.
  drawNodes(view) {
    const {state, sprites, drawn} = this, context = this.base.getContext('2d');
    for (let i = 0; i < this.recording.nodes; i++) {
      const code = state.down[i] ? IS_DOWN : Math.round(LEVELS * state.share(i, view))
        + (state.paused[i] ? IS_PAUSED : 0);
      if (code === drawn[i]) continue;
      drawn[i] = code;
      sprites.stamp(context, sprites.node(code), this.x[i], this.y[i]);
    }
  }

  // Messages under way; what is lost flies on a little and fades.
  drawMessages(time) {
    const {state, recording, context, sprites} = this;
    const stamp = (m, way) => {
      if (this.hidden.has(recording.kind[m])) return;
      const [x, y] = this.along(m, way);
      sprites.stamp(context, sprites.message(recording.rank[recording.kind[m]]), x, y);
    };
    for (let i = 0; i < state.flights; i++)
      stamp(state.flying[i], this.wayOf(state.flying[i], time));
    this.eachLoss(time, (m, way, age) => {
      context.globalAlpha = 0.8 * (1 - age);
      stamp(m, way);
    });
    context.globalAlpha = 1;
  }

  // Ways of what has just arrived, for a moment: at high speed a flight is shorter than a frame.
  drawArrivals(time) {
    const {recording, context} = this, paths = new Map();
    this.eachLately(recording.arrivals, time, this.glow, (m, age) => {
      const kind = recording.kind[m], fade = Math.min(FADES - 1, age * FADES | 0);
      const key = kind * FADES + fade;
      if (this.hidden.has(kind)) return;
      if (!paths.has(key)) paths.set(key, []);
      const [fx, fy] = this.along(m, 0), [tx, ty] = this.along(m, 1);
      paths.get(key).push(fx, fy, tx, ty);
    });
    let ways = 0;
    for (const points of paths.values()) ways += points.length / 4;
    const strength = 0.6 * Math.max(0.25, Math.min(1, 100 / ways));
    context.lineWidth = this.width / this.canvas.width;   // a pixel of the device: the quickest
    for (const [key, points] of paths) {
      context.globalAlpha = strength * (1 - key % FADES / FADES);
      context.strokeStyle = colourOf(recording.rank[Math.floor(key / FADES)]);
      context.beginPath();
      for (let i = 0; i < points.length; i += 4) {
        context.moveTo(points[i], points[i + 1]);
        context.lineTo(points[i + 2], points[i + 3]);
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  // Of the events of a list those that have happened within a while: message and age, 0 .. 1.
  eachLately(events, time, length, see) {
    const r = this.recording;
    let low = 0, high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle] < this.state.index) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= Math.max(0, low - GLOWING_MAX); i--) {
      const age = (time - r.at[events[i]]) / length;
      if (age >= 1) break;
      see(r.a[events[i]], Math.max(0, age));
    }
  }

  // What was lost lately: its message, how far it is, and how far its fading.
  eachLoss(time, see) {
    const length = Math.max(this.recording.flight, 1.5 * this.glow);
    this.eachLately(this.recording.losses, time, length, (m, age) => {
      const way = this.wayOfLost(m);
      see(m, way.from + (way.to - way.from) * age, age);
    });
  }

  // A message that met a full queue or a node that was down got there; another never does.
  wayOfLost(m) {
    const r = this.recording, flown = r.at[r.endAt[m]] - r.at[r.sentAt[m]];
    return flown > 0 ? {from: 1, to: 1} : {from: 0, to: LOST_WAY};
  }

  wayOf(m, time) {
    const r = this.recording, sent = r.at[r.sentAt[m]];
    const end = r.endAt[m] >= 0 ? r.at[r.endAt[m]] : sent + r.flight;
    return end > sent ? Math.max(0, Math.min(1, (time - sent) / (end - sent))) : 0;
  }

  // Where it is after a share of its way, from the edge of the one node to that of the other.
  along(m, way) {
    const from = this.recording.from[m], to = this.recording.to[m];
    const dx = this.x[to] - this.x[from], dy = this.y[to] - this.y[from];
    const edge = Math.min(0.5, this.radius / (Math.sqrt(dx * dx + dy * dy) || 1));
    const share = edge + (1 - 2 * edge) * way;
    return [this.x[from] + dx * share, this.y[from] + dy * share];
  }

  drawChosen(time) {
    const {context, theme, node, message} = this;
    context.strokeStyle = theme.mark;
    context.lineWidth = 2;
    if (node >= 0) {
      context.beginPath();
      context.arc(this.x[node], this.y[node], this.radius + 4, 0, 7);
      context.stroke();
    }
    if (message < 0) return;
    const [fx, fy] = this.along(message, 0), [tx, ty] = this.along(message, 1);
    context.beginPath();
    context.moveTo(fx, fy);
    context.lineTo(tx, ty);
    if (this.state.seat[message] >= 0) {
      const [x, y] = this.along(message, this.wayOf(message, time));
      context.moveTo(x + this.dot + 4, y);
      context.arc(x, y, this.dot + 4, 0, 7);
    }
    context.stroke();
  }

  // What is nearest to a point: {node}, {message} or null.
  find(px, py, time) {
    const r = this.recording;
    let best = null, least = Math.max(TOUCH, this.radius + 3);
    const look = (x, y, found, bias) => {
      const distance = Math.hypot(x - px, y - py) + bias;
      if (distance < least) {
        least = distance;
        best = found;
      }
    };
    for (let i = 0; i < r.nodes; i++) look(this.x[i], this.y[i], {node: i}, 0);
    const lookAt = (m, way) => {
      if (this.hidden.has(r.kind[m])) return;
      const [x, y] = this.along(m, way);
      look(x, y, {message: m}, Math.hypot(x - px, y - py) > this.dot + 3 ? 3 : -3);
    };
    for (let i = 0; i < this.state.flights; i++)
      lookAt(this.state.flying[i], this.wayOf(this.state.flying[i], time));
    this.eachLoss(time, lookAt);
    return best;
  }
}
