// SPDX-License-Identifier: GPL-3.0-or-later
// state.js - the cluster after so many events: forward event by event, back by snapshots.
'use strict';

const SNAPSHOTS_BYTES = 64e6;
const KNOWN_MAX = 4e6;   // places of node x key; keys beyond are not followed

class State {
  constructor(recording) {
    const nodes = recording.nodes;
    this.recording = recording;
    this.keys = Math.min(recording.keyCount, Math.floor(KNOWN_MAX / Math.max(1, nodes)));
    this.believes = recording.type.includes(BELIEVED);
    this.layOut([
      ['newest', Int32Array, nodes * this.keys],   // the newest update of a key that it has + 1
      ['latest', Int32Array, this.keys],           // the newest that there is + 1
      ['held', Int32Array, nodes],                 // keys of which it has the newest
      ['wrong', Int32Array, nodes],                // nodes that it judges wrongly
      ['total', Int32Array, 4],
      ['down', Uint8Array, nodes],
      ['paused', Uint8Array, nodes],
      ['belief', Uint8Array, this.believes ? nodes * nodes : 0],
    ]);
    this.flying = new Int32Array(recording.sentCount + recording.copies);   // messages under way
    this.seat = new Int32Array(this.flying.length).fill(-1);                // where there
    this.rewind();
  }

  // All that a snapshot copies, but for messages, in one buffer.
  layOut(parts) {
    let bytes = 0;
    for (const [, kind, length] of parts)
      bytes = Math.ceil((bytes + kind.BYTES_PER_ELEMENT * length) / 4) * 4;
    this.buffer = new Uint8Array(bytes);
    let at = 0;
    for (const [name, kind, length] of parts) {
      this[name] = new kind(this.buffer.buffer, at, length);
      at = Math.ceil((at + kind.BYTES_PER_ELEMENT * length) / 4) * 4;
    }
    this.every = Math.max(1024, Math.ceil(this.recording.count * (bytes + 4096) / SNAPSHOTS_BYTES));
    this.snapshots = [];
  }

  rewind() {
    this.buffer.fill(0);
    for (let i = 0; i < this.flights; i++) this.seat[this.flying[i]] = -1;
    this.flights = 0;
    this.index = 0;
  }

  get written() { return this.total[0]; }     // keys that somebody has written
  get informed() { return this.total[1]; }    // sum of `held` over nodes that are up
  get downs() { return this.total[2]; }
  get wrongs() { return this.total[3]; }      // sum of `wrong` over nodes that are up

  // The state after the first `index` events.
  goTo(index) {
    const near = Math.min(Math.floor(index / this.every), this.snapshots.length - 1);
    if (near >= 0 && (index < this.index || near * this.every > this.index)) this.restore(near);
    while (this.index < index) {
      if (this.index === this.snapshots.length * this.every) this.keep();
      this.apply(this.index++);
    }
  }

  keep() {
    this.snapshots.push({buffer: this.buffer.slice(), flying: this.flying.slice(0, this.flights)});
  }

  restore(number) {
    const {buffer, flying} = this.snapshots[number];
    this.rewind();
    this.buffer.set(buffer);
    for (const message of flying) this.depart(message);
    this.index = number * this.every;
  }

  depart(message) {
    this.seat[message] = this.flights;
    this.flying[this.flights++] = message;
  }

  land(message) {
    const seat = this.seat[message];
    if (seat < 0) return;
    const last = this.flying[--this.flights];
    this.flying[seat] = last;
    this.seat[last] = seat;
    this.seat[message] = -1;
  }

  apply(i) {
    const r = this.recording, a = r.a[i];
    switch (r.type[i]) {
    case SENT:
      for (let m = a; m >= 0; m = r.copy[m]) this.depart(m);
      break;
    case ARRIVED:
    case LOST:
      this.land(a);
      break;
    case LEARNED:
      this.learn(a, r.sets[r.c[i]]);
      break;
    case UP:
    case DOWN:
      this.turn(a, r.type[i] === DOWN ? 1 : 0);
      break;
    case WIPED:
      this.forget(a);
      break;
    case BELIEVED:
      this.believe(a, r.b[i], r.c[i]);
      break;
    case PAUSED:
    case RESUMED:
      this.paused[a] = r.type[i] === PAUSED ? 1 : 0;
      break;
    }
  }

  learn(node, set) {
    for (const [first, last] of set.ranges)
      for (let update = first; update <= last; update++) {
        const key = this.recording.key[update];
        if (key >= this.keys) continue;
        if (this.latest[key] <= update) this.write(key, update);
        if (node < this.recording.nodes) this.hold(node, key, update);
      }
  }

  // A key has a newer value, which nobody has yet.
  write(key, update) {
    const nodes = this.recording.nodes;
    if (!this.latest[key]) this.total[0]++;
    else
      for (let x = 0; x < nodes; x++)
        if (this.newest[x * this.keys + key] === this.latest[key]) this.addHeld(x, -1);
    this.latest[key] = update + 1;
  }

  hold(node, key, update) {
    const place = node * this.keys + key;
    if (this.newest[place] > update) return;
    this.newest[place] = update + 1;
    if (update + 1 === this.latest[key]) this.addHeld(node, 1);
  }

  addHeld(node, by) {
    this.held[node] += by;
    if (!this.down[node]) this.total[1] += by;
  }

  forget(node) {
    this.newest.fill(0, node * this.keys, (node + 1) * this.keys);
    this.addHeld(node, -this.held[node]);
  }

  turn(node, isDown) {
    if (this.down[node] === isDown) return;
    const nodes = this.recording.nodes, sign = isDown ? -1 : 1;
    this.total[1] += sign * this.held[node];
    this.total[3] += sign * this.wrong[node];
    this.total[2] -= sign;
    this.down[node] = isDown;
    if (isDown) this.paused[node] = 0;
    if (!this.believes) return;
    for (let x = 0; x < nodes; x++) {
      const belief = this.belief[x * nodes + node];
      this.addWrong(x, this.isWrong(belief, isDown) - this.isWrong(belief, !isDown));
    }
  }

  isWrong(belief, isDown) {
    return +(isDown ? belief === 1 : belief >= 2);
  }

  addWrong(node, by) {
    this.wrong[node] += by;
    if (!this.down[node]) this.total[3] += by;
  }

  believe(node, about, to) {
    const nodes = this.recording.nodes, place = node * nodes + about;
    if (node >= nodes || about >= nodes) return;
    const isDown = this.down[about];
    this.addWrong(node, this.isWrong(to, isDown) - this.isWrong(this.belief[place], isDown));
    this.belief[place] = to;
  }

  knows(node, update) {
    const key = this.recording.key[update];
    return key < this.keys && this.newest[node * this.keys + key] > update;
  }

  // How full a node is drawn, 0 .. 1, by what is looked at (view.js).
  share(node, view) {
    if (view.update >= 0) return this.knows(node, view.update) ? 1 : 0;
    if (view.about >= 0)
      return [0, 0, 0.5, 1][this.belief[node * this.recording.nodes + view.about]];
    if (view.isBelief) return 1 - this.wrong[node] / Math.max(1, this.recording.nodes - 1);
    return this.written ? this.held[node] / this.written : 0;
  }

  // All of it, to be compared.
  digest() {
    const list = array => Array.from(array).join(',');
    return [this.index, this.flights, list(Int32Array.from(
      this.flying.subarray(0, this.flights)).sort()), list(this.newest), list(this.held),
      list(this.down), list(this.paused), list(this.total), list(this.wrong), list(this.belief)]
      .join(';');
  }
}
