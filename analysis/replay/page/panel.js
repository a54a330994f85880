// SPDX-License-Identifier: GPL-3.0-or-later
// panel.js - what is known of the node or the message that was clicked, and what happened last.
// All text goes in as text: names of a scenario may hold anything.
'use strict';

const ROWS_MAX = 60, LATEST_EVENTS = 12, RANGES_MAX = 12;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function plural(count, word) {
  return count.toLocaleString('en') + ' ' + word + (count === 1 ? '' : 's');
}

function updatesText(set) {
  if (!set.count) return 'no update';
  const kept = set.ranges.slice(0, RANGES_MAX);
  const held = kept.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const list = kept.map(([first, last]) => first === last ? first : first + ' to ' + last);
  return (set.count === 1 ? 'update ' : 'updates ') + list.join(', ')
    + (held < set.count ? ' and ' + (set.count - held).toLocaleString('en') + ' more' : '');
}

// What a message of a kind has of its updates.
function carriesText(recording, m) {
  const kind = recording.kinds[recording.kind[m]], set = recording.sets[recording.carries[m]];
  if (!set.count || !kind.carries) return kind.carries ? 'no update' : 'control only';
  return kind.carries + ' ' + updatesText(set);
}

class Panel {
  constructor(box, replay) {
    this.box = box;
    this.replay = replay;
    this.recording = replay.recording;
  }

  time(i) {
    return this.replay.clock(this.recording.start[i]);
  }

  eventText(i) {
    const r = this.recording, a = r.a[i], b = r.b[i];
    switch (r.type[i]) {
    case SENT: return this.messageText(a) + ' sets out';
    case ARRIVED: return this.messageText(a) + ' arrives';
    case LOST: return this.messageText(a) + ': ' + FATES[r.fate[a]];
    case LEARNED:
      return r.name(a) + (b === NOBODY ? ' is given ' : ' learns ') + updatesText(r.sets[r.c[i]])
        + (b === NOBODY ? '' : ' from ' + r.name(b));
    case UP: return r.name(a) + ' comes up';
    case DOWN: return r.name(a) + ' is down';
    case WIPED: return r.name(a) + ' has lost its data';
    case PAUSED: return r.name(a) + ' stands still';
    case RESUMED: return r.name(a) + ' goes on';
    case BELIEVED:
      return r.name(a) + ' takes ' + r.name(b) + ' for ' + BELIEFS[r.c[i]];
    case VIEWED:
      return r.name(a) + (r.c[i] ? ' takes ' : ' drops ') + r.name(b) + ' as a peer';
    }
    return '';
  }

  messageText(m) {
    const r = this.recording;
    return r.kindName(r.kind[m]) + ' from ' + r.name(r.from[m]) + ' to ' + r.name(r.to[m]);
  }

  // Shows the node or message that is chosen; called when the state has changed.
  show() {
    const {stage} = this.replay;
    const parts = stage.node >= 0 ? this.nodeParts(stage.node)
      : stage.message >= 0 ? this.messageParts(stage.message) : [this.hint()];
    parts.push(...this.latest('Last events', this.lastOfAll()));
    this.box.replaceChildren(...parts);
  }

  hint() {
    return element('p', 'Click a node for what it knows, or a message for what it carries.',
      'hint');
  }

  lastOfAll() {
    const list = [];
    for (let i = this.replay.state.index - 1; i >= 0 && list.length < LATEST_EVENTS; i--)
      list.push(i);
    return list;
  }

  // Events as buttons that lead to their moment.
  latest(title, events) {
    if (!events.length) return [];
    const list = element('ol', undefined, 'events');
    for (const i of events) {
      const row = element('li'), button = element('button', this.time(i));
      button.type = 'button';
      button.addEventListener('click', () => this.replay.stepTo(i + 1));
      row.append(button, element('span', this.eventText(i)));
      list.append(row);
    }
    return [element('h3', title), list];
  }

  facts(rows) {
    const list = element('dl');
    for (const [name, value] of rows) list.append(element('dt', name), element('dd', value));
    return list;
  }

  heading(text) {
    const head = element('h2', text), close = element('button', '\u00d7');
    close.type = 'button';
    close.title = 'choose nothing';
    close.addEventListener('click', () => this.replay.choose(null));
    head.append(close);
    return head;
  }

  messageParts(m) {
    const r = this.recording, isOver = r.endAt[m] >= 0 && r.endAt[m] < this.replay.state.index;
    const rows = [['from', r.name(r.from[m])], ['to', r.name(r.to[m])],
      ['size', r.bytes[m].toLocaleString('en') + ' B with its header'],
      ['carries', carriesText(r, m)], ['sent', this.time(r.sentAt[m])]];
    if (r.models.length > 1) rows.unshift(['model', r.kinds[r.kind[m]].model]);
    if (r.endAt[m] >= 0)
      rows.push([FATES[r.fate[m]], (isOver ? '' : 'will be, ') + this.time(r.endAt[m])]);
    if (r.isConnection[m]) rows.push(['by', 'connection']);
    return [this.heading(r.kinds[r.kind[m]].name), this.facts(rows)];
  }

  nodeParts(x) {
    const r = this.recording, {state} = this.replay;
    const rows = [['is', state.down[x] ? 'down' : state.paused[x] ? 'standing still' : 'up']];
    if (r.groups.length > 1) rows.push(['group', r.groups[r.group[x]]]);
    if (r.updates)
      rows.push(['has', state.held[x].toLocaleString('en') + ' of ' +
        plural(state.written, r.keyCount < r.updates ? 'newest value' : 'update')]);
    const parts = [this.heading(r.name(x)), this.facts(rows)];
    if (state.believes) parts.push(...this.beliefParts(x));
    parts.push(...this.learnedParts(x));
    parts.push(...this.latest('Its last events', this.lastOf(x)));
    return parts;
  }

  // Events of a node before the moment, the latest first.
  *eventsOf(x) {
    const r = this.recording, {state} = this.replay;
    let low = r.first[x], high = r.first[x + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (r.eventsAt[middle] < state.index) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= r.first[x]; i--) yield r.eventsAt[i];
  }

  lastOf(x) {
    const list = [];
    for (const i of this.eventsOf(x)) {
      list.push(i);
      if (list.length === LATEST_EVENTS) break;
    }
    return list;
  }

  // When it learned what, and from whom, since it last lost its data.
  learnedParts(x) {
    const r = this.recording, rows = [];
    for (const i of this.eventsOf(x)) {
      if (r.type[i] === WIPED || rows.length === ROWS_MAX) break;
      if (r.type[i] !== LEARNED) continue;
      const from = r.b[i] === NOBODY ? 'written here' : r.name(r.b[i]);
      rows.push([updatesText(r.sets[r.c[i]]), from, this.time(i)]);
    }
    return rows.length ? [element('h3', 'What it has learned'),
      this.table(['what', 'from', 'at'], rows)] : [];
  }

  beliefParts(x) {
    const r = this.recording, {state} = this.replay, since = new Map(), rows = [];
    const count = [0, 0, 0, 0];
    for (let y = 0; y < r.nodes; y++) if (y !== x) count[state.belief[x * r.nodes + y]]++;
    for (const i of this.eventsOf(x))
      if (r.type[i] === BELIEVED && !since.has(r.b[i])) since.set(r.b[i], i);
    for (const [y, i] of since) {
      const belief = state.belief[x * r.nodes + y], isDown = state.down[y];
      if (y < r.nodes && (belief >= 2 || state.isWrong(belief, isDown)))
        rows.push([r.name(y), BELIEFS[belief] + (state.isWrong(belief, isDown) ? ', wrongly' : ''),
          this.time(i)]);
      if (rows.length === ROWS_MAX) break;
    }
    const text = BELIEFS.map((name, i) => i && count[i] ? count[i] + ' ' + name : '')
      .filter(Boolean).join(', ') || 'nothing of anybody';
    const parts = [element('h3', 'What it believes'), element('p', text)];
    if (rows.length) parts.push(this.table(['of', 'that it is', 'since'], rows));
    return parts;
  }

  table(heads, rows) {
    const table = element('table'), head = element('tr');
    for (const name of heads) head.append(element('th', name));
    table.append(head);
    for (const row of rows) {
      const line = element('tr');
      for (const cell of row) line.append(element('td', cell));
      table.append(line);
    }
    return table;
  }
}
