// SPDX-License-Identifier: GPL-3.0-or-later
// data.js - the recording as the page holds it: columns of numbers, decoded once.
//
// A column is text, five bits a digit, the least first, each but a number's last with 32 added; a
// number that may be negative is 2x, or -2x - 1.  analysis/replay/html_columns.c writes them.
'use strict';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digitValue = new Uint8Array(128);
for (let i = 0; i < 64; i++) digitValue[DIGITS.charCodeAt(i)] = i;

class Column {
  constructor(text) {
    this.text = text || '';
    this.place = 0;
  }
  more() {
    return this.place < this.text.length;
  }
  next() {
    let value = 0, scale = 1, digit;
    do {
      digit = digitValue[this.text.charCodeAt(this.place++)];
      value += (digit & 31) * scale;
      scale *= 32;
    } while (digit & 32);
    return value;
  }
  signed() {
    const value = this.next();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }
  all() {
    const list = [];
    while (this.more()) list.push(this.next());
    return list;
  }
}

// Events, by the letter that stands for each in the column of types.
const SENT = 83, ARRIVED = 65, LOST = 76, LEARNED = 75, UP = 85, DOWN = 68, WIPED = 87,
  BELIEVED = 66, PAUSED = 80, RESUMED = 82, VIEWED = 86;
const NOBODY = -1;   // a client, or the start
const BELIEFS = ['nothing', 'alive', 'suspect', 'dead'];
const FATES = ['under way', 'arrived', 'lost on the way', 'stopped by a partition',
  'no room in a queue', 'met a node that was down', 'no room in the inbox'];
const UNDER_WAY = 0, CAME = 1;

// Sets of updates: ranges first .. last, and how many members there are, of which a message's may
// be more than the ranges hold.
function readSets(text) {
  const column = new Column(text), sets = [];
  while (column.more()) {
    const set = {count: column.next(), ranges: []};
    let at = 0;
    for (let left = column.next(); left > 0; left--) {
      const first = at + column.next(), last = first + column.next();
      set.ranges.push([first, last]);
      at = last + 1;
    }
    sets.push(set);
  }
  return sets;
}

function setHas(set, update) {
  return set.ranges.some(([first, last]) => first <= update && update <= last);
}

class Recording {
  constructor(json) {
    Object.assign(this, json.meta);
    this.groups = json.groups;
    this.kinds = json.kinds;
    this.models = json.models;
    this.faults = json.faults;
    this.nodes = json.meta.shown;   // their places in the page: 0 .. nodes - 1; `nodes`: the rest
    this.group = new Column(json.group).all();
    this.number = new Column(json.number).all();
    this.links = this.readLinks(json.links);
    this.sets = readSets(json.sets);
    this.readKeys(json.keys);
    this.readEvents(json);
    this.spreadRounds();
    this.readSamples(json.samples);
    this.rankKinds();
    this.measureFlights();
    this.indexNodes();
  }

  seconds(ticks) {
    return ticks * this.tick / 1e9;
  }

  // What users call the node at a place of the page.
  name(node) {
    if (node === NOBODY) return 'a client';
    if (node >= this.nodes) return 'a node not shown';
    return 'node ' + (this.number.length ? this.number[node] : node);
  }

  kindName(kind) {
    return this.models.length > 1 ? this.kinds[kind].model + ' ' + this.kinds[kind].name
      : this.kinds[kind].name;
  }

  // Each once, as pairs of places.
  readLinks(text) {
    const column = new Column(text), links = [];
    for (let a = 0; column.more();) {
      a += column.next();
      links.push([a, a + 1 + column.next()]);
    }
    return links;
  }

  // The key of each update, numbered as they come.
  readKeys(text) {
    this.key = new Int32Array(this.updates);
    const column = new Column(text), places = new Map();
    for (let i = 0; i < this.updates; i++) {
      const key = column.next();
      if (!places.has(key)) places.set(key, places.size);
      this.key[i] = places.get(key);
    }
    this.keyCount = places.size;
  }

  // What happened, in order: type and three numbers an event; and messages, copies by themselves.
  readEvents(json) {
    const types = json.events.types, count = types.length;
    let sent = 0, ended = 0;
    for (let i = 0; i < count; i++) {
      const type = types.charCodeAt(i);
      sent += type === SENT;
      ended += type === ARRIVED || type === LOST;
    }
    this.count = count;
    this.type = new Uint8Array(count);
    this.at = new Float64Array(count);   // seconds; in rounds where in the round it is shown
    this.a = new Int32Array(count);
    this.b = new Int32Array(count);
    this.c = new Int32Array(count);
    this.d = new Int32Array(count);
    this.messages = 0;
    this.sentCount = sent;
    this.copies = 0;
    const room = sent + ended;
    for (const name of ['from', 'to', 'kind', 'bytes', 'carries', 'sentAt', 'endAt'])
      this[name] = new Int32Array(room);
    this.fate = new Uint8Array(room);
    this.copy = new Int32Array(room).fill(-1);   // another that set out with it
    this.isConnection = new Uint8Array(room);
    this.decode(json.events);
  }

  decode(columns) {
    const column = {};
    for (const name of Object.keys(columns)) column[name] = new Column(columns[name]);
    const bytes = new Int32Array(this.kinds.length);
    for (let i = 0, now = 0; i < this.count; i++) {
      const type = columns.types.charCodeAt(i);
      now += column.times.next();
      this.type[i] = type;
      this.at[i] = this.seconds(now);
      if (type === SENT) this.decodeSent(i, column, bytes);
      else if (type === ARRIVED || type === LOST) this.decodeEnded(i, column);
      else if (type === LEARNED) {
        this.a[i] = column.nodes.next();
        this.b[i] = column.peers.next() - 1;
        this.c[i] = column.learned.next();
        this.d[i] = column.layers.next() - 1;
      } else {
        this.a[i] = column.nodes.next();
        if (type !== BELIEVED && type !== VIEWED) continue;
        this.b[i] = column.peers.next() - 1;
        this.c[i] = column.states.next();
      }
    }
  }

  decodeSent(i, column, bytes) {
    const m = this.messages++, kind = column.kinds.next();
    this.a[i] = m;
    this.from[m] = column.from.next();
    this.to[m] = column.to.next();
    this.kind[m] = kind >> 1;
    this.isConnection[m] = kind & 1;
    this.bytes[m] = bytes[kind >> 1] += column.bytes.signed();
    this.carries[m] = column.carries.next();
    this.sentAt[m] = i;
    this.endAt[m] = -1;
  }

  // Copies that the network made stand at the end of the list.
  decodeEnded(i, column) {
    let m = this.messages - 1 - column.ended.next();
    if (this.endAt[m] >= 0) {
      const copy = this.sentCount + this.copies++;
      for (const name of ['from', 'to', 'kind', 'bytes', 'carries', 'sentAt', 'isConnection'])
        this[name][copy] = this[name][m];
      this.copy[m] = copy;
      m = copy;
    }
    this.a[i] = m;
    this.endAt[m] = i;
    this.fate[m] = this.type[i] === ARRIVED ? CAME : 1 + column.why.next();
  }

  // In rounds all that happens in one happens at its start: it is shown over the round, in order.
  spreadRounds() {
    this.start = this.at.slice();
    if (!this.round) return;
    const length = this.seconds(this.round);
    for (let first = 0, last; first < this.count; first = last) {
      for (last = first + 1; last < this.count && this.at[last] === this.start[first];) last++;
      for (let i = first; i < last; i++)
        this.at[i] = this.start[first] + 0.95 * length * (i - first) / (last - first);
    }
  }

  // How the run stood from time to time, over all of its nodes.
  readSamples(samples) {
    this.samples = [];
    const at = new Column(samples.at);
    for (let now = 0, i = 0; at.more(); i++) {
      now += at.next();
      this.samples.push({at: this.seconds(now), error: samples.error[i]});
    }
  }

  // The kinds of messages that there are, most first, and the place of each among them.
  rankKinds() {
    this.ofKind = new Int32Array(this.kinds.length);
    for (let m = 0; m < this.sentCount; m++) this.ofKind[this.kind[m]]++;
    this.byCount = Array.from(this.ofKind.keys()).filter(kind => this.ofKind[kind]);
    this.byCount.sort((a, b) => this.ofKind[b] - this.ofKind[a] || a - b);
    this.rank = new Int32Array(this.kinds.length);
    this.byCount.forEach((kind, rank) => { this.rank[kind] = rank; });
  }

  // A usual flight: that long is what is lost seen under way.
  measureFlights() {
    const flights = [], step = Math.max(1, Math.floor(this.sentCount / 2000));
    for (let m = 0; m < this.sentCount; m += step)
      if (this.fate[m] === CAME) flights.push(this.at[this.endAt[m]] - this.at[this.sentAt[m]]);
    flights.sort((x, y) => x - y);
    this.end = Math.max(this.seconds(this.endTicks), this.count ? this.at[this.count - 1] : 0);
    this.flight = Math.max(flights[flights.length >> 1] || 0, this.end / 2000);
    this.arrivals = this.eventsOf(i => this.type[i] === ARRIVED);
    this.losses = this.eventsOf(i => this.type[i] === LOST);
    this.sends = this.eventsOf(i => this.type[i] === SENT);
  }

  eventsOf(isWanted) {
    const list = [];
    for (let i = 0; i < this.count; i++) if (isWanted(i)) list.push(i);
    return Int32Array.from(list);
  }

  // The node at which an event happens.
  nodeOf(i) {
    if (this.type[i] === ARRIVED) return this.to[this.a[i]];
    if (this.type[i] === SENT || this.type[i] === LOST) return this.from[this.a[i]];
    return this.a[i];
  }

  // The events of each node, in order: of node x eventsAt[first[x]] .. eventsAt[first[x + 1] - 1].
  indexNodes() {
    this.first = new Int32Array(this.nodes + 2);
    for (let i = 0; i < this.count; i++) this.first[this.nodeOf(i) + 1]++;
    for (let x = 0; x <= this.nodes; x++) this.first[x + 1] += this.first[x];
    const next = this.first.slice();
    this.eventsAt = new Int32Array(this.count);
    for (let i = 0; i < this.count; i++) this.eventsAt[next[this.nodeOf(i)]++] = i;
  }

  // How many events have happened at a time of the page.
  indexAt(seconds) {
    let low = 0, high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at[middle] <= seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
