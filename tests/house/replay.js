// SPDX-License-Identifier: GPL-3.0-or-later
// replay.js - what replay.bats asks of the page of a replay, in the browser.  Returns what the page
// makes of the run; throws where it does not do what it should.
const replay = window.gossipsimReplay, {recording} = replay;
const byName = id => document.getElementById(id);
const check = (holds, what) => { if (!holds) throw new Error(what); };
const frames = count => new Promise(resolve => {
  const next = left => left ? requestAnimationFrame(() => next(left - 1)) : resolve();
  next(count);
});

// Times anywhere in the run, always the same ones.
let seed = 1;
const random = () => (seed = seed * 48271 % 2147483647) / 2147483647;
const times = Array.from({length: 20}, () => random() * recording.end);

// The state by seeking, back and forth, is that after as many events by steps.
const sought = new Map(times.map(time => [recording.indexAt(time), replay.stateAt(time)]));
check(sought.size > 10, 'the times are all alike');
byName('start').click();
check(replay.state.index === 0, 'the start is not the start');
for (let i = 0; i < recording.count; i++) {
  if (sought.has(i)) check(sought.get(i) === replay.state.digest(), 'seek to event ' + i);
  replay.state.goTo(i + 1);
}
const last = replay.state.digest();

// A step by hand, forward and back; the same by keys.
replay.stepTo(recording.count >> 1);
const middle = replay.state.digest(), {index} = replay.state;
byName('forward').click();
check(replay.state.index === index + 1, 'forward');
byName('back').click();
check(replay.state.digest() === middle, 'forward and back');
const press = (key, shiftKey = false) => document.body.dispatchEvent(
  new KeyboardEvent('keydown', {key, shiftKey, bubbles: true, cancelable: true}));
press('ArrowRight');
press('ArrowRight');
press('ArrowLeft');
check(replay.state.index === index + 1, 'arrows');
press('End');
check(replay.state.digest() === last, 'end');
press('Home');

// It plays, and the state is that of the moment.
press(' ');
check(replay.isPlaying, 'space plays');
await frames(4);
press(' ');
check(!replay.isPlaying && replay.time > 0, 'space stops');
check(replay.state.digest() === replay.stateAt(replay.time), 'played and sought');

// The handle, with a finger.
const chart = byName('chart'), box = chart.getBoundingClientRect();
const touch = (type, x) => chart.dispatchEvent(new PointerEvent(type,
  {pointerId: 1, clientX: box.left + x, clientY: box.top + 20, bubbles: true, isPrimary: true}));
chart.setPointerCapture = () => {};
touch('pointerdown', box.width / 4);
touch('pointermove', box.width / 2);
touch('pointerup', box.width / 2);
check(Math.abs(replay.time / recording.end - 0.5) < 0.05, 'the handle');

// A moment in the address, to and fro.
location.hash = '#t=' + recording.end / 3 + 's';
await frames(2);
await new Promise(resolve => setTimeout(resolve, 20));
check(Math.abs(replay.time - recording.end / 3) < 1e-9, 'a moment in the address');
replay.stepTo(index);
replay.writeHashNow();
const {hash} = location;
replay.stepTo(0);
location.hash = hash;
replay.readHash();
check(replay.state.index === recording.indexAt(recording.at[index - 1]), 'the moment again');

// Clicks: on a message that is under way, on a node, on nothing.
const stage = byName('stage'), click = (x, y) => {
  const place = stage.getBoundingClientRect();
  stage.dispatchEvent(new MouseEvent('click',
    {clientX: place.left + x, clientY: place.top + y, bubbles: true}));
};
const flying = recording.sends.find(i => {
  const m = recording.a[i], later = recording.endAt[m];
  return later > i && recording.at[later] > recording.at[i] && recording.fate[m] === CAME
    && recording.from[m] !== recording.to[m];
});
if (flying !== undefined) {
  const m = recording.a[flying];
  replay.seek((recording.at[flying] + recording.at[recording.endAt[m]]) / 2);
  click(...replay.stage.along(m, replay.stage.wayOf(m, replay.time)));
  check(replay.stage.message >= 0, 'a message under way is not found');
  check(/carries/.test(byName('panel').textContent), 'what it carries');
}
click(replay.stage.x[0], replay.stage.y[0]);
check(replay.stage.node === 0, 'a node is not found');
check(byName('panel').querySelector('h2').textContent.includes(recording.name(0)), 'its name');
press('Escape');
check(replay.stage.node < 0, 'escape');

// Every layout and every view draws; kinds are switched off and on.
for (const id of ['layout', 'view'])
  for (const option of byName(id).options) {
    byName(id).value = option.value;
    byName(id).dispatchEvent(new Event('change'));
    replay.seek(recording.end * 0.7);
    check(byName('level2').textContent === (replay.view.about >= 0 ? 'holds it dead'
      : replay.view.isBelief ? 'right about all' : 'knows all'), 'what a full node is');
  }
for (const button of byName('legend').children) {
  button.click();
  check(replay.stage.hidden.size === 1, 'a kind switched off');
  button.click();
}
check(window.hacked === undefined, 'script of the scenario has run');

replay.seek(recording.end);
const state = replay.state;
return {
  title: document.querySelector('h1').textContent,
  messages: recording.sentCount,
  arrived: recording.arrivals.length,
  lost: recording.losses.length,
  learned: recording.type.reduce((sum, type) => sum + (type === LEARNED), 0),
  down: state.downs,
  informed: state.written ? state.informed / state.written : null,
  wrong: state.wrongs,
  curve: replay.chart.points.length,
  layouts: Array.from(byName('layout').options, option => option.value),
  views: byName('view').options.length,
  faults: replay.chart.marks.length,
  kinds: byName('legend').children.length,
  nodes: recording.nodes,
  wide: document.documentElement.scrollWidth <= window.innerWidth,
};
