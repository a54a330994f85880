// SPDX-License-Identifier: GPL-3.0-or-later
// view.js - what is looked at: all updates, one of them, what is believed of one node or of all;
// and how that develops over the run.
'use strict';

const UPDATES_LISTED = 200;

class View {
  constructor(name, what = {}) {
    this.name = name;
    this.update = what.update ?? -1;
    this.about = what.about ?? -1;
    this.isBelief = !!what.isBelief;
    this.isError = !!what.isError;
    this.isOnly = !!what.isOnly;     // all updates are one
    this.isKeyed = !!what.isKeyed;   // or some are of the same key
  }

  // What an empty, a half and a full node mean.
  get levels() {
    if (this.about >= 0) return ['holds it alive', 'suspects it', 'holds it dead'];
    if (this.isBelief) return ['wrong about all', 'about some', 'right about all'];
    return ['knows nothing', 'knows some', 'knows all'];
  }

  // What the curve is of.
  get title() {
    if (this.isError) return 'largest error of the estimates, share of the truth';
    if (this.update >= 0) return 'live nodes that have update ' + this.update;
    if (this.about >= 0) return 'live nodes that hold it dead (suspect: half)';
    if (this.isBelief) return 'judgements of live nodes that are right';
    if (this.isOnly) return 'live nodes that have the update';
    return (this.isKeyed ? 'newest values' : 'updates') + ' that a live node has, mean';
  }
}

function viewsOf(recording, state) {
  const views = [];
  if (recording.updates > 0) views.push(new View('all updates',
    {isOnly: recording.updates === 1, isKeyed: recording.keyCount < recording.updates}));
  if (state.believes) views.push(new View('who is right about the others', {isBelief: true}));
  if (recording.samples.some(sample => sample.error !== null))
    views.push(new View('the error of the estimates', {isError: true}));
  const fallen = new Set();
  for (let i = 0; state.believes && i < recording.count && fallen.size < 50; i++)
    if (recording.type[i] === DOWN) fallen.add(recording.a[i]);
  for (const about of fallen)
    views.push(new View('who holds ' + recording.name(about) + ' dead', {about}));
  for (let update = 0; recording.updates > 1 && update < recording.updates; update++)
    if (update < UPDATES_LISTED) views.push(new View('update ' + update, {update}));
  if (!views.length) views.push(new View('messages'));
  return views;
}

// Points of the curve, [seconds, value] ascending; a step holds until the next.
function curveOf(recording, view) {
  if (view.isError)
    return recording.samples.filter(sample => sample.error !== null)
      .map(sample => [sample.at, sample.error]);
  const isAll = view.update < 0 && view.about < 0 && !view.isBelief;
  return curveOfEvents(recording, view, isAll);
}

function curveOfEvents(recording, view, isAll) {
  const state = new State(recording), points = [[0, 0]], nodes = recording.nodes;
  const part = node => node < nodes && !state.down[node] ? state.share(node, view) : 0;
  let sum = 0, last = 0;
  for (let i = 0; i < recording.count; i++) {
    const type = recording.type[i];
    if (type === SENT || type === ARRIVED || type === LOST) continue;
    const node = recording.a[i], before = isAll || view.isBelief ? 0 : part(node);
    state.apply(i);
    const live = Math.max(1, nodes - state.downs);
    if (isAll) sum = state.written ? state.informed / state.written : 0;
    else if (view.isBelief) sum = live - state.wrongs / Math.max(1, nodes - 1);
    else sum += part(node) - before;
    const value = Math.max(0, sum / live);
    if (value === last) continue;
    if (recording.at[i] === 0) points.length = 0;
    points.push([recording.at[i], last = value]);
  }
  return points;
}
