// SPDX-License-Identifier: GPL-3.0-or-later
// chart.js - the whole run beneath the picture: faults above, the curve, messages as a shade behind
// it, and the handle at the moment that is shown.
'use strict';

const CHART_LEFT = 40, CHART_RIGHT = 12, FAULT_ROW = 15, CHART_FOOT = 20, FAULT_ROWS = 3;
const RATE = 3;   // pixels of a bar of messages

// Steps of 1, 2 or 5 times a power of ten, about as many as asked for.
function ticksOf(end, wanted) {
  const rough = end / wanted || 1, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map(x => x * power).find(x => x >= rough * 0.999);
  const ticks = [];
  for (let i = 0; i * step <= end * 1.0001 && i < 50; i++) ticks.push(i * step);
  return {ticks, step};
}

// A time with as many digits as its neighbours in steps need.
function timeText(seconds, step) {
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's'], [1e-3, 'ms'], [1e-6, '\u00b5s'],
    [1e-9, 'ns']];
  const wide = Math.max(seconds, step);
  const [unit, name] = wide >= 600 ? units.find(([u]) => wide >= 3 * u)
    : units.slice(3).find(([u]) => wide >= u) || units[6];
  const digits = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step / unit) - 1e-6)));
  return (seconds / unit).toFixed(digits) + ' ' + name;
}

class Chart {
  constructor(canvas, recording) {
    this.canvas = canvas;
    this.recording = recording;
    this.picture = document.createElement('canvas');
  }

  setView(view) {
    this.view = view;
    this.points = view.name === 'messages' ? [] : curveOf(this.recording, view);
    this.resize();
  }

  resize() {
    const fitted = fitCanvas(this.canvas);
    this.context = fitted.context;
    this.width = fitted.width;
    this.height = fitted.height;
    this.theme = themeOf(this.canvas);
    this.rows = this.placeFaults();
    this.top = 8 + FAULT_ROW * this.rows;
    this.bottom = this.height - CHART_FOOT;
    this.drawPicture();
  }

  xOf(seconds) {
    return CHART_LEFT + (this.width - CHART_LEFT - CHART_RIGHT) * seconds / this.recording.end;
  }

  timeAt(x) {
    const share = (x - CHART_LEFT) / (this.width - CHART_LEFT - CHART_RIGHT);
    return Math.max(0, Math.min(1, share)) * this.recording.end;
  }

  yOf(value) {
    return this.bottom - (this.bottom - this.top) * Math.max(0, Math.min(1, value / this.highest));
  }

  // Faults into rows in which their names do not meet: how many.
  placeFaults() {
    const free = [];
    this.context.font = '11px system-ui, sans-serif';
    this.marks = this.recording.faults.map(fault => {
      const from = this.recording.seconds(fault.at), label = fault.name.slice(0, 40);
      const x = this.xOf(from), right = x + this.context.measureText(label).width + 12;
      let row = free.findIndex(end => end <= x);
      if (row < 0) row = free.length < FAULT_ROWS ? free.length : -1;
      if (row >= 0) free[row] = Math.min(right, this.width);
      return {from, until: fault.until >= 0 ? this.recording.seconds(fault.until) : -1, label, row};
    });
    return free.length;
  }

  drawPicture() {
    this.picture.width = this.canvas.width;
    this.picture.height = this.canvas.height;
    const context = this.picture.getContext('2d');
    context.setTransform(this.context.getTransform());
    context.font = '11px system-ui, sans-serif';
    this.highest = this.view.isError
      ? this.points.reduce((most, point) => Math.max(most, point[1]), 1e-9) : 1;
    this.drawRate(context);
    this.drawFaults(context);
    this.drawAxes(context);
    this.drawCurve(context);
  }

  // Messages sent, by stretches of three pixels.
  drawRate(context) {
    const left = CHART_LEFT, count = Math.ceil((this.width - left - CHART_RIGHT) / RATE) + 1;
    const bins = new Int32Array(Math.max(1, count));
    for (const i of this.recording.sends)
      bins[Math.min(count - 1, (this.xOf(this.recording.at[i]) - left) / RATE | 0)]++;
    const most = bins.reduce((a, b) => Math.max(a, b), 1);
    context.fillStyle = this.theme.faint;
    for (let i = 0; i < bins.length; i++) {
      const h = 0.9 * (this.bottom - this.top) * bins[i] / most;
      context.fillRect(left + RATE * i, this.bottom - h, RATE, h);
    }
  }

  drawFaults(context) {
    for (const mark of this.marks) {
      const x = this.xOf(mark.from), foot = 4 + FAULT_ROW * (Math.max(0, mark.row) + 1);
      if (mark.until >= 0) {
        context.globalAlpha = 0.16;
        context.fillStyle = this.theme.mark;
        context.fillRect(x, foot - 12, this.xOf(mark.until) - x, this.bottom - foot + 12);
        context.globalAlpha = 1;
      }
      context.strokeStyle = context.fillStyle = this.theme.mark;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(x + 0.5, foot - 12);
      context.lineTo(x + 0.5, this.bottom);
      context.stroke();
      context.setLineDash([]);
      if (mark.row < 0) continue;
      const isLate = x + context.measureText(mark.label).width + 4 > this.width;
      context.textAlign = isLate ? 'right' : 'left';
      context.fillText(mark.label, isLate ? x - 3 : x + 4, foot - 2);
    }
    context.textAlign = 'left';
  }

  drawAxes(context) {
    const {round, end} = this.recording, unit = round ? this.recording.seconds(round) : 1;
    const {ticks, step} = ticksOf(end / unit, Math.max(3, this.width / 110));
    context.strokeStyle = this.theme.soft;
    context.fillStyle = this.theme.soft;
    context.beginPath();
    context.moveTo(CHART_LEFT, this.top);
    context.lineTo(CHART_LEFT, this.bottom + 0.5);
    context.lineTo(this.width - CHART_RIGHT, this.bottom + 0.5);
    context.stroke();
    context.textAlign = 'center';
    for (const tick of ticks)
      if (this.xOf(tick * unit) < this.width - 20)
        context.fillText(round ? 'round ' + tick : timeText(tick, step), this.xOf(tick * unit),
          this.height - 5);
    context.textAlign = 'right';
    if (this.points.length)
      for (const value of [0, 0.5, 1])
        context.fillText(this.view.isError ? (value * this.highest).toPrecision(2)
          : 100 * value + ' %', CHART_LEFT - 4, this.yOf(value * this.highest) + 4);
    context.textAlign = 'left';
  }

  // Of the points of a pixel the lowest, the highest and the last.
  drawCurve(context) {
    if (!this.points.length) return;
    context.strokeStyle = this.theme.full;
    context.lineWidth = 2;
    context.beginPath();
    let y = this.yOf(this.points[0][1]);
    context.moveTo(this.xOf(0), y);
    for (let i = 0; i < this.points.length;) {
      const x = Math.floor(2 * this.xOf(this.points[i][0])) / 2;
      let low = Infinity, high = -Infinity;
      context.lineTo(x, y);
      for (; i < this.points.length && Math.floor(2 * this.xOf(this.points[i][0])) / 2 <= x; i++) {
        y = this.yOf(this.points[i][1]);
        low = Math.min(low, y);
        high = Math.max(high, y);
      }
      context.lineTo(x, low);
      context.lineTo(x, high);
      context.lineTo(x, y);
    }
    context.lineTo(this.xOf(this.recording.end), y);
    context.stroke();
    context.lineWidth = 1;
  }

  draw(time) {
    const context = this.context, x = Math.round(this.xOf(time));
    context.clearRect(0, 0, this.width, this.height);
    context.drawImage(this.picture, 0, 0, this.width, this.height);
    context.strokeStyle = context.fillStyle = this.theme.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, 2);
    context.lineTo(x, this.bottom);
    context.stroke();
    context.beginPath();
    context.arc(x, this.bottom, 7, 0, 7);
    context.fill();
  }
}
