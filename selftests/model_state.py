# SPDX-License-Identifier: GPL-2.0
"""What gpuspec should say and do, as its documents have it.

A Model is told of each action by the method of the action's name, which model_host.Host
has too, and answers as the host should. What listeners should hear of it is in
Model.heard, what the tables should be is Model.tables().
"""

from model_policy import Draft, Policy, Refused, Rule

REFUSALS = {'unknown-spec': 'EPERM', 'disabled': 'EPERM', 'recalled': 'EPERM',
            'not-shared': 'EACCES', 'quota': 'EUSERS'}
LOG_MAX = 256


class Impossible(Exception):
    """The host cannot be asked for this now, whatever gpuspec thinks of it."""


def require(is_so):
    if not is_so:
        raise Impossible


def without_nothing(row):
    """A row as netlink has it: what is None or False is absent."""
    return {name: value for name, value in row.items() if value is not None and value is not False}


class Rom:
    """One upload: the same bytes once more are another ROM."""

    def __init__(self, number, row):
        self.number, self.row = number, row


class Device:
    def __init__(self, address, spec, driver=None):
        self.address, self.spec, self.driver = address, spec, driver
        self.held_by = None		# the name of a process of the test
        self.leaving = False		# on its way out of VFIO, once it is released
        self.forget()

    def forget(self):
        """The module does not know it, or not yet."""
        self.in_use = False
        self.holder = None
        self.shown = None
        self.rom_state = 'none'

    def row(self):
        return without_nothing({
            'spec': self.spec, 'address': self.address, 'in-use': self.in_use,
            'holder': self.holder, 'rom-state': self.rom_state,
            'rom-sha256': self.shown and self.shown.row['sha256']})


class Model:
    def __init__(self, facts):
        """facts: what the host is when nothing has been done to it yet."""
        self.facts = facts
        self.devices = {address: Device(address, spec, driver)
                        for address, (spec, driver) in facts.cards.items()}
        self.loaded = False
        self.load(False)

    # --- tables ---

    def of(self, spec):
        return [device for device in self.devices.values() if device.spec == spec]

    def in_use(self, spec):
        return sum(device.in_use for device in self.of(spec))

    def held(self, spec, account):
        return sum(device.in_use and (device.holder or {}).get('account') == account
                   for device in self.of(spec))

    def table(self):
        return sorted({device.spec for device in self.devices.values()} | set(self.policy.rules) |
                      set(self.roms))

    def purge(self):
        """Refusals are counted since a spec entered the table."""
        for spec in set(self.refused) - set(self.table()):
            del self.refused[spec]

    def spec_row(self, spec):
        rule, rom = self.policy.rule(spec), self.roms.get(spec)
        states = [device.rom_state for device in self.of(spec)]
        return without_nothing({
            'id': spec, 'kind': 'pgpu' if spec.startswith('pci:') else 'vgpu',
            'state': rule.state, 'sharing': rule.sharing, 'named': spec in self.policy.rules,
            'devices': len(self.of(spec)), 'in-use': self.in_use(spec),
            'refused': self.refused.get(spec, 0), 'shares': len(rule.shares),
            'rom': rom and dict(rom.row, applied=states.count('applied'),
                                pending=states.count('pending'))})

    def shares(self):
        return [without_nothing({'id': spec, 'account': account, 'maximum': maximum,
                                 'held': self.held(spec, account)})
                for spec, rule in sorted(self.policy.rules.items())
                for account, maximum in sorted(rule.shares.items())]

    def info(self):
        return {'default': self.policy.default, 'seq': self.seq, 'specs': len(self.table()),
                'devices': len(self.devices),
                'in-use': sum(device.in_use for device in self.devices.values()),
                'refused': sum(self.refused_for.values()), 'accounts': len(self.policy.accounts),
                'shares': len(self.shares()),
                'refusals': [{'reason': reason, 'count': self.refused_for[reason]}
                             for reason in REFUSALS]}

    def tables(self):
        """What netlink should dump, and which cards show which ROM in sysfs."""
        if not self.loaded:
            return {'roms': {}}
        return {
            'devices': {address: device.row() for address, device in self.devices.items()},
            'specs': [self.spec_row(spec) for spec in self.table()],
            'shares': self.shares(),
            'accounts': [without_nothing({'account': name, 'cgroup': cgroups or None,
                                          'uid': uids or None})
                         for name, (cgroups, uids) in sorted(self.policy.accounts.items())],
            'info': self.info(),
            'roms': {address: device.shown.number for address, device in self.devices.items()
                     if device.shown}}

    # --- events ---

    def tell(self, name, **fields):
        if not self.loaded:
            return
        self.seq += 1
        event = (name, without_nothing(fields))
        self.heard.append(event)
        if name in ('refused', 'spec-changed', 'account-changed', 'policy-applied',
                    'rom-changed'):
            self.log.append((self.seq, event))

    def process(self, who):
        process = self.facts.processes[who]
        return dict(process, account=self.policy.account_of(process))

    def tell_rom_state(self, device):
        state = self.rom_state(device)
        if state != device.rom_state:
            device.rom_state = state
            self.tell('device-rom', device=device.row())

    def rom_state(self, device):
        wanted = self.roms.get(device.spec)
        if device.shown is wanted:
            return 'applied' if wanted else 'none'
        return 'pending' if device.in_use else 'waiting'

    def show_rom(self, device, rom):
        if not self.loaded or not device.address.startswith('0000:'):
            return
        device.shown = rom
        self.tell_rom_state(device)

    # --- the module ---

    def load(self, closed):
        require(not self.loaded)
        # An mdev that waits for its holder to be removed has left its bus: a module that is
        # loaded meanwhile does not find it, and nobody can open it any more.
        require(not any(device.leaving and device.spec.startswith('mdev:')
                        for device in self.devices.values()))
        self.loaded = True
        self.policy = Policy('closed' if closed else 'open')
        self.roms, self.refused = {}, {}
        self.refused_for = dict.fromkeys(REFUSALS, 0)
        self.log, self.heard = [], []
        self.seq = 0
        for device in self.devices.values():
            self.tell('device-added', device=device.row())
        for device in self.devices.values():
            # From 6.2 on a VFIO device that leaves is no longer there to be found.
            if device.held_by and not (device.leaving and self.facts.leaves_at_once):
                device.in_use = True
                self.tell('opened', device=device.row())
        # Nobody could listen yet.
        self.heard = []
        return 'ok'

    def unload(self):
        require(self.loaded)
        self.loaded = False
        self.heard = []
        for device in self.devices.values():
            device.forget()
        return 'ok'

    # --- the gates ---

    def verdict(self, spec, account):
        """account is None at the bind gate."""
        rule = self.policy.rule(spec)
        if spec not in self.policy.rules and self.policy.default == 'closed':
            return 'unknown-spec'
        if rule.state == 'disabled':
            return 'disabled'
        if rule.sharing == 'none':
            return 'recalled'
        if rule.sharing == 'list' and account:
            if account not in rule.shares:
                return 'not-shared'
            maximum = rule.shares[account]
            if maximum and self.held(spec, account) >= maximum:
                return 'quota'
        return 'allowed'

    def pass_gate(self, gate, device, who):
        """None, or the errno of a refusal."""
        if not self.loaded:
            return None
        process = self.process(who)
        reason = self.verdict(device.spec, process['account'] if gate == 'open' else None)
        if reason == 'allowed':
            return None
        self.refused_for[reason] += 1
        self.refused[device.spec] = self.refused.get(device.spec, 0) + 1
        self.tell('refused', device=device.row(), process=process, gate=gate, reason=reason)
        return REFUSALS[reason]

    # --- devices ---

    def device(self, address, is_so=lambda device: True):
        device = self.devices.get(address)
        require(device and not device.leaving and is_so(device))
        return device

    def add(self, address, spec, driver=None):
        device = self.devices[address] = Device(address, spec, driver)
        device.rom_state = self.rom_state(device) if self.loaded else 'none'
        self.tell('device-added', device=device.row())
        return device

    def remove(self, device):
        self.leave_vfio(device)
        del self.devices[device.address]
        device.forget()
        self.tell('device-removed', device=device.row())
        self.purge()

    def enter_vfio(self, device):
        device.driver = 'vfio'
        if self.loaded:
            self.show_rom(device, self.roms.get(device.spec))

    def leave_vfio(self, device):
        if device.driver == 'vfio':
            self.show_rom(device, None)
        device.driver, device.leaving = None, False

    def bind(self, address):
        device = self.device(address, lambda device: device.driver != 'vfio')
        require(address.startswith('0000:'))
        device.driver = None
        error = self.pass_gate('bind', device, 'admin')
        if not error:
            self.enter_vfio(device)
        return error or 'ok'

    def unbind(self, address):
        device = self.device(address, lambda device: device.driver == 'vfio')
        require(address.startswith('0000:'))
        if device.held_by:
            device.leaving = True
        else:
            self.leave_vfio(device)
        return 'ok'

    def open(self, who, address, _way):
        device = self.device(address, lambda device: device.driver == 'vfio')
        if device.held_by:
            return 'busy'
        error = self.pass_gate('open', device, who)
        if error:
            return error
        device.held_by = who
        if self.loaded:
            device.in_use, device.holder = True, self.process(who)
            self.tell('opened', device=device.row())
        return 'ok'

    def close(self, address):
        device = self.devices.get(address)
        require(device and device.held_by)
        device.held_by = None
        leaves = device.leaving and self.facts.leaves_at_once
        if device.in_use:
            self.show_rom(device, None if leaves else self.roms.get(device.spec))
            holder = device.holder
            device.in_use, device.holder = False, None
            self.tell_rom_state(device)
            self.tell('closed', device=without_nothing(dict(device.row(), holder=holder)))
        if device.leaving and address.startswith('0000:'):
            self.leave_vfio(device)
        elif device.leaving:
            self.remove(device)
        return 'ok'

    def read_rom(self, address):
        """By the holder, through VFIO: the number of the ROM that was uploaded, or None."""
        device = self.device(address, lambda device: device.held_by)
        require(address in self.facts.cards)
        return device.shown and device.shown.number

    def mdev_create(self, kind, uuid):
        require(uuid not in self.devices)
        device = self.add(uuid, 'mdev:' + kind)
        error = self.pass_gate('bind', device, 'admin')
        if error:
            self.remove(device)
        else:
            self.enter_vfio(device)
        return error or 'ok'

    def mdev_remove(self, uuid):
        device = self.device(uuid)
        require(not uuid.startswith('0000:'))
        if device.held_by:
            device.leaving = True
        else:
            self.remove(device)
        return 'ok'

    def vfs(self):
        return self.of(self.facts.vf_spec)

    def make_vfs(self, count):
        require(not self.vfs())
        for address in self.facts.vf_addresses[:count]:
            self.add(address, self.facts.vf_spec)
        return 'ok'

    def remove_vfs(self):
        require(self.vfs() and not any(device.held_by for device in self.vfs()))
        for device in self.vfs():
            self.remove(device)
        return 'ok'

    def plug(self):
        require(self.facts.plugged_address not in self.devices)
        self.add(self.facts.plugged_address, self.facts.plugged_spec, 'nvme')
        return 'ok'

    def unplug(self):
        self.remove(self.device(self.facts.plugged_address, lambda device: not device.held_by))
        return 'ok'

    # --- policy ---

    def put_in_force(self, draft, announce):
        process = self.process('admin')
        old, self.policy = self.policy, draft.policy
        new_default = self.policy.default if self.policy.default != old.default else None
        changes = sum([self.tell_spec(spec, old.rules.get(spec), process)
                       for spec in draft.touched])
        changed_accounts = self.tell_accounts(old.accounts, process)
        if announce or new_default or changed_accounts:
            self.tell('policy-applied', default=new_default, process=process,
                      changes=changes + changed_accounts)
        self.purge()

    def tell_spec(self, spec, old, process):
        """Did anything change?"""
        new = self.policy.rules.get(spec)
        if old == new:
            return False
        row = self.spec_row(spec)
        nothing = Rule(None, None)
        if not (old and new) or (old.state, old.is_for_all) != (new.state, new.is_for_all):
            self.tell('spec-changed', spec=row, process=process)
        before, after = (old or nothing).shares, (new or nothing).shares
        for account in sorted(before.keys() | after.keys()):
            change = ('added' if account not in before else
                      'removed' if account not in after else
                      'changed' if before[account] != after[account] else None)
            if change:
                self.tell('spec-changed', spec=row, account=account, process=process,
                          maximum=after.get(account), **{'account-change': change})
        return True

    def tell_accounts(self, before, process):
        """How many are not what they were? Those that are gone are told first."""
        after = self.policy.accounts
        changes = [(name, 'removed') for name in sorted(before) if name not in after]
        changes += [(name, 'changed' if name in before else 'added')
                    for name in sorted(after) if before.get(name) != after[name]]
        for name, change in changes:
            self.tell('account-changed', account=name, process=process,
                      **{'account-change': change})
        return len(changes)

    def change(self, draft, changes, announce):
        try:
            for change in changes:
                draft.change(*change)
            if not draft.policy.marks_are_unique():
                raise Refused('EEXIST')
        except Refused as refused:
            return refused.args[0]
        self.put_in_force(draft, announce)
        return 'ok'

    def policy_change(self, *change):
        require(self.loaded)
        draft = Draft(self)
        if draft.refuses_to_stage(*change):
            return 'EINVAL'
        return self.change(draft, [change], False)

    def apply(self, replace, changes):
        """What became of each message, policy-begin aside."""
        require(self.loaded)
        draft = Draft(self, replace)
        staged = ['EINVAL' if draft.refuses_to_stage(*change) else 'ok' for change in changes]
        if 'EINVAL' in staged:
            return staged + ['EINVAL']
        return staged + [self.change(draft, changes, True)]

    # --- ROMs ---

    def rom_changed(self, spec):
        for device in self.of(spec):
            device.rom_state = self.rom_state(device)
        self.tell('rom-changed', spec=self.spec_row(spec), process=self.process('admin'))
        for device in self.of(spec):
            self.tell('device-rom', device=device.row())
        for device in self.of(spec):
            if device.driver == 'vfio' and not device.held_by:
                self.show_rom(device, self.roms.get(spec))
        self.purge()

    def rom_set(self, spec, number):
        require(self.loaded)
        if not spec.startswith('pci:'):
            return 'ENOTSUP'		# Python's name of EOPNOTSUPP
        self.roms[spec] = Rom(number, self.facts.rom_rows[number])
        self.rom_changed(spec)
        return 'ok'

    def rom_clear(self, spec):
        require(self.loaded)
        if not self.roms.pop(spec, None):
            return 'ENOENT'
        self.rom_changed(spec)
        return 'ok'

    # --- questions ---

    def check(self, what, by_account, whom):
        """what: a spec or an address. whom: an account, or one of the test's processes."""
        require(self.loaded)
        spec = what
        if what in self.facts.addresses:
            if what not in self.devices:
                return 'ENOENT'
            spec = self.devices[what].spec
        account = whom if by_account else self.process(whom)['account']
        return {'id': spec, 'reason': self.verdict(spec, account), 'account': account}

    def read_log(self):
        require(self.loaded)
        refusals = [entry for entry in self.log if entry[1][0] == 'refused'][-LOG_MAX:]
        changes = [entry for entry in self.log if entry[1][0] != 'refused'][-LOG_MAX:]
        return [[seq, name, fields] for seq, (name, fields) in
                sorted(refusals + changes, key=lambda entry: entry[0])]
