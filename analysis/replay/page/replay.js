// SPDX-License-Identifier: GPL-3.0-or-later
// replay.js - the page: the moment that is shown, and all that moves it.
'use strict';

const USUAL_SECONDS = 20;    // that a run takes to play at the usual speed
const SPEED_RANGE = 1000;    // the slider goes so many times slower and faster
const PANEL_EVERY = 150;     // milliseconds between changes of the panel while it plays

const byId = id => document.getElementById(id);

class Replay {
  constructor(recording) {
    this.recording = recording;
    this.state = new State(recording);
    this.state.goTo(recording.count);   // leaves the snapshots
    this.state.goTo(0);
    this.time = 0;
    this.isPlaying = false;
    this.usual = this.speed = this.usualSpeed();
    this.stage = new Stage(byId('stage'), recording, this.state);
    this.chart = new Chart(byId('chart'), recording);
    this.panel = new Panel(byId('panel'), this);
    this.views = viewsOf(recording, this.state);
    this.view = this.views[0];
    this.fillChoices();
    this.fillLegend();
    this.listen();
    this.stage.setLayout(byId('layout').value);
    this.setView(0);
    if (!this.readHash()) this.seek(recording.seconds(recording.fromTicks));
    this.refresh();
  }

  // What little happens at the end of a run does not count.
  usualSpeed() {
    const {count, at, end} = this.recording;
    const busy = count ? at[Math.floor(0.98 * (count - 1))] : 0;
    return Math.max(busy, end / 20) / USUAL_SECONDS || 1;
  }

  // ---- the moment ----

  // After so many events: at the time of the last of them.
  stepTo(index) {
    this.pause();
    this.state.goTo(Math.max(0, Math.min(this.recording.count, index)));
    this.time = this.state.index ? this.recording.at[this.state.index - 1] : 0;
    this.refresh();
    this.writeHash();
  }

  seek(seconds) {
    this.time = Math.max(0, Math.min(this.recording.end, seconds));
    this.state.goTo(this.recording.indexAt(this.time));
    this.refresh();
  }

  step(by) {
    this.stepTo(this.state.index + by);
  }

  play() {
    if (this.isPlaying) return;
    if (this.time >= this.recording.end) this.seek(0);
    this.isPlaying = true;
    this.before = undefined;
    this.showPlaying();
    requestAnimationFrame(now => this.frame(now));
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.showPlaying();
    this.refresh();
    this.writeHash();
  }

  // A hidden page gets no frames: it then goes on where it was.
  frame(now) {
    if (!this.isPlaying) return;
    const passed = this.before === undefined ? 0 : Math.min(0.25, (now - this.before) / 1000);
    this.before = now;
    this.time = Math.min(this.recording.end, this.time + passed * this.speed);
    this.state.goTo(this.recording.indexAt(this.time));
    this.draw();
    if (!(now - this.panelAt < PANEL_EVERY)) this.showPanel(now);
    if (this.time >= this.recording.end) this.pause();
    else requestAnimationFrame(then => this.frame(then));
  }

  draw() {
    this.stage.draw(this.time, this.view, this.speed);
    this.chart.draw(this.time);
    byId('time').textContent = this.clock(this.time);
  }

  showPanel(now) {
    this.panelAt = now;
    this.panel.show();
    const {index} = this.state, {count, end} = this.recording;
    byId('event').textContent = index.toLocaleString('en') + ' of ' + plural(count, 'event');
    byId('chart').setAttribute('aria-valuenow', String(Math.round(1000 * this.time / end)));
    byId('chart').setAttribute('aria-valuetext', this.clock(this.time));
  }

  refresh() {
    this.draw();
    this.showPanel(performance.now());
  }

  // A time as people read it; in rounds their number.
  clock(seconds) {
    const r = this.recording, text = timeText(seconds, r.end / 5000);
    if (!r.round) return text;
    return 'round ' + Math.floor(seconds / r.seconds(r.round) + 1e-9);
  }

  // ---- what is chosen ----

  choose(found) {
    this.stage.node = found && found.node !== undefined ? found.node : -1;
    this.stage.message = found && found.message !== undefined ? found.message : -1;
    this.refresh();
    this.writeHash();
  }

  setView(number) {
    this.view = this.views[number];
    this.chart.setView(this.view);
    this.view.levels.forEach((words, i) => { byId('level' + i).textContent = words; });
    byId('curve-title').textContent = this.view.name === 'messages' ? 'messages sent (grey)'
      : this.view.title + (this.recording.nodes < this.recording.nodesTotal && !this.view.isError
        ? ', of those shown' : '') + '; grey: messages sent';
  }

  fillChoices() {
    for (const [name, layout] of Object.entries(LAYOUTS))
      if (layout.isThere(this.recording)) {
        const option = element('option', layout.title);
        option.value = name;
        byId('layout').append(option);
      }
    byId('layout').value = ['links', 'groups', 'ring'].find(
      name => LAYOUTS[name].isThere(this.recording));
    this.views.forEach((view, i) => {
      const option = element('option', view.name);
      option.value = String(i);
      byId('view').append(option);
    });
    byId('layout').parentElement.hidden = byId('layout').options.length < 2;
    byId('view').parentElement.hidden = this.views.length < 2;
  }

  // The kinds of messages with their numbers, most first; a click hides one or shows it again.
  fillLegend() {
    const r = this.recording;
    for (const kind of r.byCount) {
      const button = element('button');
      button.type = 'button';
      button.setAttribute('aria-pressed', 'true');
      button.title = 'show or hide these messages';
      button.append(this.sample(kind),
        element('span', r.kindName(kind) + ' ' + r.ofKind[kind].toLocaleString('en')));
      button.addEventListener('click', () => {
        if (!this.stage.hidden.delete(kind)) this.stage.hidden.add(kind);
        button.setAttribute('aria-pressed', String(!this.stage.hidden.has(kind)));
        this.draw();
      });
      byId('legend').append(button);
    }
  }

  sample(kind) {
    const canvas = element('canvas'), context = canvas.getContext('2d');
    canvas.width = canvas.height = 24;
    context.fillStyle = colourOf(this.recording.rank[kind]);
    context.beginPath();
    addShape(context, shapeOf(this.recording.rank[kind]), 12, 12, 8);
    context.fill();
    return canvas;
  }

  // ---- links to a moment: #t=12.5s&node=3 ----

  readHash() {
    const found = /[#&]t=([0-9.e-]+)s?/.exec(location.hash);
    const node = /[#&]node=(\d+)/.exec(location.hash);
    if (node) {
      const {number} = this.recording;
      const place = number.length ? number.indexOf(+node[1]) : +node[1];
      if (place >= 0 && place < this.recording.nodes) this.stage.node = place;
    }
    if (found && isFinite(+found[1])) this.seek(+found[1]);
    return !!found;
  }

  // The time is written so that it leads to the same event; seldom, for browsers mind that.
  writeHash() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.writeHashNow(), 250);
  }

  writeHashNow() {
    const node = this.stage.node, r = this.recording;
    const number = node >= 0 && r.number.length ? r.number[node] : node;
    const text = [4, 6, 9, 12, 17].map(digits => Number(this.time.toPrecision(digits)))
      .find(time => r.indexAt(time) === this.state.index && Math.abs(time - this.time) < r.flight);
    history.replaceState(null, '', '#t=' + (text ?? this.time) + 's'
      + (node >= 0 ? '&node=' + number : ''));
  }

  // ---- hands ----

  listen() {
    const on = (id, what, act) => byId(id).addEventListener(what, act);
    on('play', 'click', () => this.isPlaying ? this.pause() : this.play());
    on('back', 'click', () => this.step(-1));
    on('forward', 'click', () => this.step(1));
    on('start', 'click', () => this.stepTo(0));
    on('speed', 'input', () => this.setSpeed());
    on('layout', 'change', () => {
      this.stage.setLayout(byId('layout').value);
      this.draw();
    });
    on('view', 'change', () => {
      this.setView(+byId('view').value);
      this.refresh();
    });
    on('stage', 'click', event => {
      const box = byId('stage').getBoundingClientRect();
      this.choose(this.stage.find(event.clientX - box.left, event.clientY - box.top, this.time));
    });
    this.listenToChart();
    window.addEventListener('hashchange', () => {
      this.pause();
      if (this.readHash()) this.refresh();
    });
    window.addEventListener('keydown', event => this.key(event));
    const fit = () => {
      this.stage.resize();
      this.chart.resize();
      this.draw();
    };
    window.addEventListener('resize', fit);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', fit);
    this.setSpeed();
  }

  listenToChart() {
    const chart = byId('chart');
    let isHeld = false;
    const seek = event => this.seek(this.chart.timeAt(
      event.clientX - chart.getBoundingClientRect().left));
    chart.addEventListener('pointerdown', event => {
      isHeld = true;
      chart.setPointerCapture(event.pointerId);
      seek(event);
    });
    chart.addEventListener('pointermove', event => {
      if (isHeld) seek(event);
    });
    for (const what of ['pointerup', 'pointercancel'])
      chart.addEventListener(what, () => {
        if (isHeld) this.writeHash();
        isHeld = false;
      });
  }

  setSpeed() {
    this.speed = this.usual * Math.pow(SPEED_RANGE, +byId('speed').value / 100);
    const {round} = this.recording, rounds = round ? this.speed / this.recording.seconds(round) : 0;
    byId('speed-text').textContent = (round ? rounds.toPrecision(2) + ' rounds'
      : timeText(this.speed, this.speed / 50)) + ' a second';
  }

  showPlaying() {
    byId('play').textContent = this.isPlaying ? 'Pause' : 'Play';
  }

  key(event) {
    const own = /^(SELECT|INPUT|BUTTON|TEXTAREA)$/.test(event.target.tagName);
    const act = {
      ' ': () => this.isPlaying ? this.pause() : this.play(),
      ArrowRight: () => event.shiftKey ? this.jump(0.01) : this.step(1),
      ArrowLeft: () => event.shiftKey ? this.jump(-0.01) : this.step(-1),
      PageDown: () => this.jump(0.05),
      PageUp: () => this.jump(-0.05),
      Home: () => this.stepTo(0),
      End: () => this.seek(this.recording.end),
      Escape: () => this.choose(null),
    }[event.key];
    if (!act || own || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
  }

  jump(share) {
    this.seek(this.time + share * this.recording.end);
    this.writeHash();
  }

  // ---- for tests ----

  // All of the state at a time, by seeking there; what is shown stays.
  stateAt(seconds) {
    const {index} = this.state;
    this.state.goTo(this.recording.indexAt(seconds));
    const digest = this.state.digest();
    this.state.goTo(index);
    return digest;
  }
}

window.gossipsimReplay = new Replay(new Recording(JSON.parse(byId('recording').textContent)));
