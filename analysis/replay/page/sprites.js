// SPDX-License-Identifier: GPL-3.0-or-later
// sprites.js - small pictures of nodes and messages, drawn once and then copied: browsers without a
// graphics card take far longer for a path of many circles.
'use strict';

// Okabe and Ito's colours but for black and the blue of the nodes; then the same in other shapes.
const COLOURS = ['#E69F00', '#CC79A7', '#009E73', '#D55E00', '#56B4E9', '#F0E442'];
const SHAPES = ['dot', 'square', 'diamond', 'triangle'];
const LEVELS = 24;   // of how full a node is
const IS_DOWN = 100, IS_PAUSED = 200;   // beside the level

// Of a kind of messages by its rank: the most frequent is 0.
function colourOf(rank) { return COLOURS[rank % COLOURS.length]; }
function shapeOf(rank) { return SHAPES[Math.floor(rank / COLOURS.length) % SHAPES.length]; }

function addShape(context, shape, x, y, r) {
  if (shape === 'dot') {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 7);
  } else if (shape === 'square') context.rect(x - r, y - r, 2 * r, 2 * r);
  else {
    context.moveTo(x, y - 1.3 * r);
    context.lineTo(x + 1.3 * r, y + (shape === 'diamond' ? 0 : r));
    if (shape === 'diamond') context.lineTo(x, y + 1.3 * r);
    context.lineTo(x - 1.3 * r, y + (shape === 'diamond' ? 0 : r));
    context.closePath();
  }
}

class Sprites {
  constructor(radius, dot, theme, ratio) {
    Object.assign(this, {radius, dot, theme, ratio});
    this.nodes = [];
    this.messages = [];
  }

  // A picture around its middle.
  make(half, draw) {
    const picture = document.createElement('canvas'), context = picture.getContext('2d');
    picture.width = picture.height = 2 * Math.ceil(half * this.ratio);
    context.setTransform(this.ratio, 0, 0, this.ratio, picture.width / 2, picture.width / 2);
    draw(context);
    return picture;
  }

  stamp(context, picture, x, y) {
    const size = picture.width / this.ratio;
    context.drawImage(picture, x - size / 2, y - size / 2, size, size);
  }

  message(rank) {
    return this.messages[rank] ??= this.make(1.3 * this.dot + 1, context => {
      context.fillStyle = colourOf(rank);
      context.beginPath();
      addShape(context, shapeOf(rank), 0, 0, this.dot);
      context.fill();
    });
  }

  node(code) {
    return this.nodes[code] ??= this.make(this.radius + 2, context => this.drawNode(context, code));
  }

  drawNode(context, code) {
    const {radius, theme} = this, disc = (r, colour) => {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(0, 0, r, 0, 7);
      context.fill();
    };
    if (code % IS_PAUSED >= IS_DOWN) {
      disc(radius + 0.7, theme.paper);
      disc(radius, theme.down);
      return;
    }
    disc(radius + 0.7, theme.full);
    disc(radius - (radius > 5 ? 0.8 : 0.4), theme.empty);
    disc(radius * Math.sqrt(code % IS_DOWN / LEVELS), theme.full);
    if (code < IS_PAUSED) return;
    const r = 0.8 * radius;
    context.fillStyle = theme.mark;
    context.fillRect(-0.7 * r, -r, 0.5 * r, 2 * r);
    context.fillRect(0.2 * r, -r, 0.5 * r, 2 * r);
  }
}
