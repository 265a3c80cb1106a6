#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Random actions of admins and of those who take devices, against a model of gpuspec.

usage: model.py [--replay FILE]

model_state.Model foretells what each action comes to, the events that are heard of it, and
what the tables are after it; model_host.Host does it. Where the two differ, the sequence is
shrunk and printed, a line of JSON for each action: a file of such lines can be replayed.

GPUSPEC_SEED      replays the sequence of a seed, instead of some by chance:
                  tools/vm --kernel 6.12 run env GPUSPEC_SEED=1 tools/guest-check model.py
GPUSPEC_STEPS     actions in a sequence; without it, as many as there is time for
GPUSPEC_ALL       twice the time
GPUSPEC_THOROUGH  twenty times the time
GPUSPEC_KSRC      a kernel source tree, GPUSPEC_TREE this one
"""

import collections
import json
import os
import random
import subprocess
import sys
import time

from model_host import Host, NlError
from model_state import Impossible, Model

ACCOUNTS = ('blue', 'red', 'host')
ABSENT = 'pci:aaaa:bbbb:cccc:dddd'
THOROUGH = bool(os.environ.get('GPUSPEC_THOROUGH'))
SEEDS = 8 if THOROUGH else 3
SECONDS = SEEDS * (75 if THOROUGH else 20 if os.environ.get('GPUSPEC_ALL') else 10)
SECONDS_TO_SHRINK = 600


class Chance:
    """What could be done next."""

    # How often of each kind, among those that can be done.
    KINDS = {'bind': 12, 'unbind': 4, 'open': 26, 'close': 14, 'read_rom': 4, 'mdev_create': 6,
             'mdev_remove': 3, 'make_vfs': 2, 'remove_vfs': 0.4, 'plug': 0.3, 'unplug': 0.2,
             'load': 12, 'unload': 0.7, 'policy_change': 36, 'apply': 5, 'rom_set': 6,
             'rom_clear': 3, 'check': 8, 'read_log': 0.5}

    def __init__(self, seed, model):
        self.random, self.facts = random.Random(seed), model.facts
        cards = [address for address, (_, driver) in self.facts.cards.items() if not driver]
        self.bindable = cards + self.facts.vf_addresses + [self.facts.plugged_address]
        self.specs = sorted({self.facts.cards[address][0] for address in cards} |
                            {self.facts.plugged_spec, self.facts.vf_spec, 'mdev:mtty-1',
                             'mdev:mtty-2', ABSENT})
        self.people = sorted(self.facts.processes)

    def one_of(self, things):
        return self.random.choice(list(things))

    def maybe(self, chance, thing, other=None):
        return thing if self.random.random() < chance else other

    def step(self, model):
        kind, = self.random.choices(list(self.KINDS), self.KINDS.values())
        return [kind, *getattr(self, kind, lambda model: [])(model)]

    def device(self, devices):
        return [self.one_of(devices) if devices else self.one_of(self.bindable)]

    def spec(self, model):
        """Rather one whose devices can be opened: there it comes to something."""
        there = [device.spec for device in model.devices.values() if device.driver == 'vfio']
        return self.maybe(0.6, self.one_of(there or self.specs), self.one_of(self.specs))

    def bind(self, model):
        return self.device([address for address in self.bindable if address in model.devices])

    def unbind(self, model):
        return self.device([device.address for device in model.devices.values()
                            if device.driver == 'vfio'])

    def open(self, model):
        who = self.one_of(who for who in self.people if who != 'admin')
        free = [device.address for device in model.devices.values()
                if device.driver == 'vfio' and not device.held_by]
        device = self.maybe(0.9, self.device(free), self.unbind(model))
        return [who, *device, self.one_of(self.facts.ways)]

    def close(self, model):
        return self.device([device.address for device in model.devices.values()
                            if device.held_by])

    read_rom = close

    def mdev_create(self, _model):
        return [self.one_of(('mtty-1', 'mtty-2')), self.one_of(self.facts.uuids)]

    def mdev_remove(self, _model):
        return [self.one_of(self.facts.uuids)]

    def make_vfs(self, _model):
        return [self.random.randint(1, 3)]

    def load(self, _model):
        return [self.maybe(0.3, True, False)]

    def rom_set(self, model):
        return [self.spec(model), self.random.randrange(len(self.facts.rom_rows))]

    def rom_clear(self, model):
        return [self.one_of(sorted(model.roms) if model.loaded and model.roms else self.specs)]

    def check(self, _model):
        what = self.one_of(self.specs + sorted(self.facts.addresses))
        if self.random.random() < 0.5:
            return [what, True, self.one_of(ACCOUNTS)]
        return [what, False, self.one_of(self.people)]

    # --- changes of policy ---

    def policy_change(self, model):
        kind = self.random.choices(
            ('spec_set', 'spec_del', 'share_set', 'share_del', 'account_set', 'account_del',
             'default_set'), (30, 5, 25, 8, 12, 3, 4))[0]
        return [kind, *getattr(self, kind)(model)]

    def spec_set(self, model, whole=False):
        state = self.maybe(0.6 if not whole else 1, self.maybe(0.7, 'enabled', 'disabled'))
        sharing = self.maybe(0.6 if not whole else 1, self.maybe(0.35, 'all', 'none'))
        return [self.spec(model), state, sharing, self.maybe(0.2, True, False)]

    def spec_del(self, _model):
        return [self.one_of(self.specs)]

    def share_set(self, model):
        shared = sorted(spec for spec, rule in model.policy.rules.items() if not rule.is_for_all)
        spec = self.maybe(0.8, self.one_of(shared or self.specs), self.spec(model))
        return [spec, self.one_of(ACCOUNTS), self.maybe(0.7, self.maybe(0.8, 1, 2))]

    def share_del(self, model):
        shares = model.shares() or [{'id': self.one_of(self.specs), 'account': 'blue'}]
        share = self.one_of(shares)
        return [share['id'], self.maybe(0.9, share['account'], self.one_of(ACCOUNTS)),
                self.maybe(0.3, True, False)]

    def account_set(self, _model):
        cgroups = ('/model', '/model/blue', '/model/blue/vm', '/model/blu', 'model', '/')
        return [self.maybe(0.95, self.one_of(ACCOUNTS[:2]), 'host'),
                self.random.sample(cgroups[:self.maybe(0.93, 4, 6)], self.random.randint(0, 2)),
                self.random.sample((0, 4001, 4002), self.maybe(0.4, 1, 0))]

    def account_del(self, _model):
        return [self.one_of(ACCOUNTS)]

    def default_set(self, _model):
        return [self.maybe(0.6, 'open', 'closed')]

    def apply(self, model):
        replace = self.maybe(0.6, True, False)
        if not replace:
            return [False, [self.policy_change(model)
                            for _ in range(self.random.randint(0, 5))]]
        changes = [['account_set', *self.account_set(model)]
                   for _ in range(self.random.randint(0, 2))]
        changes += self.maybe(0.2, [['default_set', *self.default_set(model)]], [])
        for _ in range(self.random.randint(0, 5)):
            rule = self.spec_set(model, whole=self.random.random() < 0.97)
            changes.append(['spec_set', *rule])
            if rule[2] == 'none':
                changes += [['share_set', rule[0], account, self.maybe(0.5, 1)]
                            for account in self.random.sample(ACCOUNTS,
                                                              self.random.randint(0, 2))]
        return [True, changes]


# --- one sequence ---

class Difference(Exception):
    """The host is not as the model has it: where, what it is and what it should be."""

    def __init__(self, step, where, was, should_be):
        super().__init__(where)
        self.where = (step[0], where)
        self.text = [f'after {json.dumps(step)}: {where}',
                     f'is        {was!r}', f'should be {should_be!r}']


def expect(step, where, was, should_be):
    """The same, or what differs in it: of a table the row, of a row the field."""
    if was == should_be:
        return
    if isinstance(was, dict) and isinstance(should_be, dict):
        for name in sorted(was.keys() | should_be.keys()):
            if was.get(name) != should_be.get(name):
                expect(step, f'{where} {name}', was.get(name), should_be.get(name))
    if isinstance(was, list) and isinstance(should_be, list) and len(was) == len(should_be):
        for one, other in zip(was, should_be):
            expect(step, where, one, other)
    raise Difference(step, where, was, should_be)


def in_order(events):
    """Devices that go through the same at once do so in any order."""
    def group(event):
        return event[0] if event[0] in ('device-rom', 'device-added', 'device-removed') else None

    ordered, run = [], []
    for event in events + [(None, {})]:
        if run and (not group(event) or group(run[-1]) != group(event)):
            ordered += sorted(run, key=lambda each: each[1]['device']['address'])
            run = []
        if group(event):
            run.append(event)
        else:
            ordered.append(event)
    return ordered[:-1]


class Sequence:
    """Actions, as they are done to a host that is clean at first."""

    def __init__(self, host):
        self.host, self.model = host, Model(host.facts)
        self.done, self.refusals = [], collections.Counter()
        host.reset()
        self.since = time.time()
        host.kernel.hear()
        self.compare(['reset'])

    def do(self, step):
        """False if it cannot be done now."""
        kind, *args = step
        try:
            should_be = getattr(self.model, kind)(*json.loads(json.dumps(args)))
        except Impossible:
            return False
        self.done.append(step)
        # For the reader of a panic.
        with open('/dev/kmsg', 'w', encoding='ascii') as log:
            log.write(f'gpuspec model: {len(self.done)} {json.dumps(step)}'[:900])
        try:
            was = getattr(self.host, kind)(*args)
            expect(step, f'result of {kind}', was, should_be)
            self.compare(step)
        except (OSError, NlError, subprocess.CalledProcessError) as error:
            raise Difference(step, type(error).__name__, str(error), 'none') from error
        return True

    def compare(self, step):
        heard, should_be = self.host.kernel.hear(), self.model.heard
        self.model.heard = []
        self.refusals.update(event['reason'] for name, event in should_be if name == 'refused')
        now = time.time()
        seqs = [event.pop('seq') for _, event in heard]
        times = [event.pop('time') / 1e9 for _, event in heard]
        expect(step, 'names of events', [name for name, _ in heard],
               [name for name, _ in should_be])
        for (name, was), (_, event) in zip(in_order(heard), in_order(should_be)):
            expect(step, f'event {name}', was, event)
        expect(step, 'seq of events', seqs,
               list(range(self.model.seq - len(seqs) + 1, self.model.seq + 1)))
        expect(step, 'time of events in order', times,
               sorted(when for when in times if self.since - 1 < when < now + 1))
        tables = self.host.tables(self.model.loaded)
        for name in ('generations', 'devices', 'specs', 'shares', 'accounts', 'info', 'roms'):
            expect(step, f'table of {name}', tables.get(name), self.model.tables().get(name))


def replay(host, steps):
    """The difference that comes up, or None; and the steps up to it that could be done."""
    sequence = None
    try:
        sequence = Sequence(host)
        for step in steps:
            sequence.do(step)
    except Difference as difference:
        return difference, sequence.done if sequence else []
    return None, sequence.done


def shrink(host, steps, where):
    """A part of the steps that comes to the same difference, none of which can be left out."""
    began, size = time.time(), len(steps) // 2
    while size and time.time() - began < SECONDS_TO_SHRINK:
        at, smaller = len(steps), False
        while at > 0 and time.time() - began < SECONDS_TO_SHRINK:
            at = max(0, at - size)
            fewer = steps[:at] + steps[at + size:]
            difference, done = replay(host, fewer)
            if difference and difference.where == where:
                # What came to be impossible is not needed either.
                steps, smaller = done, True
                at = min(at, len(steps))
        size = size // 2 if not smaller or size > 1 else size
    return shrink_transactions(host, steps, where)


def shrink_transactions(host, steps, where):
    for index, step in enumerate(steps):
        if step[0] != 'apply':
            continue
        for at in reversed(range(len(step[2]))):
            fewer = list(steps)
            fewer[index] = [step[0], step[1], steps[index][2][:at] + steps[index][2][at + 1:]]
            difference, done = replay(host, fewer)
            if difference and difference.where == where and len(done) == len(steps):
                steps = fewer
    return steps


def explain(host, steps, difference):
    print(f'# action {len(steps)}:')
    for line in difference.text:
        print('# ' + line, flush=True)
    again, steps = replay(host, steps)
    if again and again.where == difference.where:
        steps = shrink(host, steps, again.where)
        difference = replay(host, steps)[0] or again
        print(f'# the same comes of {len(steps)} (model.py --replay FILE):')
    else:
        print('# it does not come again when they are replayed:')
    for step in steps:
        print('# ' + json.dumps(step))
    for line in difference.text:
        print('# ' + line)


def count_of(counter):
    return ', '.join(f'{number} {kind}' for kind, number in counter.most_common())


def run(host, seed, seconds, count):
    """By chance, as long as there is time: was all as it should be?"""
    sequence = None
    began = time.time()
    difference = None
    try:
        sequence = Sequence(host)
        chance = Chance(seed, sequence.model)
        while len(sequence.done) < count if count else time.time() - began < seconds:
            sequence.do(chance.step(sequence.model))
        if sequence.model.loaded:
            sequence.do(['read_log'])
    except Difference as error:
        difference = error
    steps = sequence.done if sequence else []
    kinds = collections.Counter(step[1] if step[0] == 'policy_change' else step[0]
                                for step in steps)
    print(f'# {len(steps)} actions in {time.time() - began:.0f} s: ' +
          count_of(kinds))
    if sequence:
        print(f'# refused: {count_of(sequence.refusals)}')
    if difference:
        explain(host, steps, difference)
    return not difference


def main():
    if sys.argv[1:2] == ['--replay'] and len(sys.argv) == 3:
        with open(sys.argv[2], encoding='ascii') as file:
            steps = [json.loads(line.lstrip('# ')) for line in file if line.strip()]
        tests = [('replay', lambda: replay_file(host, steps))]
    elif len(sys.argv) == 1:
        seeds = [int(os.environ.get('GPUSPEC_SEED') or 0)]
        if not seeds[0]:
            seeds = [random.SystemRandom().randrange(1, 1 << 32) for _ in range(SEEDS)]
        count = int(os.environ.get('GPUSPEC_STEPS') or 0)
        tests = [(f'seed {seed}',
                  lambda seed=seed: run(host, seed, SECONDS / len(seeds), count))
                 for seed in seeds]
    else:
        print(__doc__, file=sys.stderr)
        return 2
    print('TAP version 13')
    print(f'1..{len(tests)}')
    host = Host()
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        print(f'# {name}', flush=True)
        passed = test()
        failed += not passed
        print(f'{"ok" if passed else "not ok"} {number} {name}', flush=True)
    host.reset()
    return 1 if failed else 0


def replay_file(host, steps):
    difference, done = replay(host, steps)
    print(f'# {len(done)} of {len(steps)} actions could be done')
    for line in difference.text if difference else []:
        print('# ' + line)
    return not difference


if __name__ == '__main__':
    sys.exit(main())
