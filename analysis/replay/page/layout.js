// SPDX-License-Identifier: GPL-3.0-or-later
// layout.js - where nodes stand, in a square from -1 to 1: the same for the same recording.
'use strict';

// The point at a share of a turn, from the top, clockwise.
function onCircle(share, radius, x = 0, y = 0) {
  const angle = 2 * Math.PI * share - Math.PI / 2;
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
}

function layOutRing(recording) {
  const n = recording.nodes;
  return Array.from({length: n}, (_, i) => onCircle(i / n, 1));
}

// Each group a ring of its own, as large as the root of its nodes; the rings on a ring.
function layOutGroups(recording) {
  const members = recording.groups.map(() => []);
  for (let i = 0; i < recording.nodes; i++) members[recording.group[i]].push(i);
  const roots = members.map(list => Math.sqrt(list.length) + 0.5);
  const around = roots.reduce((a, b) => a + b, 0), places = [], count = members.length;
  const spread = count > 1 ? 1 : 0;
  let passed = 0;
  members.forEach((list, g) => {
    const share = (passed + roots[g] / 2) / around - (roots[0] / 2) / around;
    const [x, y] = onCircle(share, 0.62 * spread);
    const radius = count > 1 ? Math.min(0.38, 0.55 * Math.PI * 0.62 * roots[g] / around * 1.4) : 1;
    list.forEach((node, i) => {
      places[node] = list.length > 1 ? onCircle(i / list.length, radius, x, y) : [x, y];
    });
    passed += roots[g];
  });
  return places;
}

// The width of a grid whose nodes are numbered row by row; 0: the links are not, mostly, those of
// one.
function gridWidth(recording) {
  const counts = new Map();
  for (const [a, b] of recording.links) counts.set(b - a, (counts.get(b - a) || 0) + 1);
  const [width, below] = Array.from(counts).filter(([apart]) => apart > 1)
    .reduce((best, pair) => pair[1] > best[1] ? pair : best, [0, 0]);
  const beside = counts.get(1) || 0;
  const isGrid = width > 2 && beside >= 0.6 * recording.nodes && below >= 0.6 * recording.nodes;
  return isGrid ? width : 0;
}

function layOutTopology(recording) {
  const width = gridWidth(recording);
  if (!width) return layOutLinks(recording);
  const rows = Math.ceil(recording.nodes / width), most = Math.max(width, rows) - 1;
  return Array.from({length: recording.nodes}, (_, i) =>
    [(2 * (i % width) - width + 1) / most, (2 * Math.floor(i / width) - rows + 1) / most]);
}

// By the links: what is linked attracts, all repel, from the ring on (Fruchterman and Reingold,
// Software: Practice and Experience 21(11), 1991).
function layOutLinks(recording) {
  const n = recording.nodes, x = new Float64Array(n), y = new Float64Array(n);
  const rounds = Math.max(60, Math.min(300, Math.floor(3e7 / (n * n + 1))));
  const k = 1.6 / Math.sqrt(n || 1);
  layOutRing(recording).forEach((place, i) => { [x[i], y[i]] = place; });
  for (let round = 0; round < rounds; round++) {
    const heat = 0.25 * (1 - round / rounds) + 0.002;
    relax(recording.links, x, y, k, heat);
  }
  return fit(x, y);
}

function relax(links, x, y, k, heat) {
  const n = x.length, dx = new Float64Array(n), dy = new Float64Array(n);
  const push = (a, b, force) => {
    const ex = x[a] - x[b] || 1e-6 * (a - b), ey = y[a] - y[b] || 1e-6 * (b - a + 0.5);
    const distance = Math.sqrt(ex * ex + ey * ey), f = force(distance) / distance;
    dx[a] += ex * f, dy[a] += ey * f, dx[b] -= ex * f, dy[b] -= ey * f;
  };
  const repel = distance => k * k / distance, attract = distance => -distance * distance / k;
  for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) push(a, b, repel);
  for (const [a, b] of links) push(a, b, attract);
  for (let i = 0; i < n; i++) {
    const length = Math.sqrt(dx[i] * dx[i] + dy[i] * dy[i]) || 1, step = Math.min(length, heat);
    x[i] += dx[i] / length * step;
    y[i] += dy[i] / length * step;
  }
}

// Into the square, as large as it goes.
function fit(x, y) {
  const low = list => Math.min(...list), high = list => Math.max(...list);
  const cx = (low(x) + high(x)) / 2, cy = (low(y) + high(y)) / 2;
  const half = Math.max(high(x) - low(x), high(y) - low(y)) / 2 || 1;
  return Array.from(x, (_, i) => [(x[i] - cx) / half, (y[i] - cy) / half]);
}

const LAYOUTS = {
  ring: {title: 'on a ring', place: layOutRing, isThere: () => true},
  groups: {title: 'by group', place: layOutGroups, isThere: r => r.groups.length > 1},
  links: {title: 'by the topology', place: layOutTopology, isThere: r => r.links.length > 0},
};
