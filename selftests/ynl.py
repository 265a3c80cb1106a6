#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Drives the module with the kernel's own YNL client and our YAML.

Every command is done and every event is heard: one that is added to the YAML and not
here fails the test. GPUSPEC_KSRC is a kernel source tree, GPUSPEC_TREE this one.
"""

import fcntl
import hashlib
import os
import sys
import time

KSRC = os.environ['GPUSPEC_KSRC']
sys.path.append(KSRC + '/tools/net/ynl')

from lib import NlError, YnlFamily  # noqa: E402

SPEC = 'pci:aaaa:bbbb:cccc:dddd'
CARD_SPEC = 'pci:1234:1111:1af4:1100'
MDEV = 'mdev:mtty-2'
UUID = '11111111-2222-3333-4444-00000000000c'
TYPE = '/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2'

# linux/vfio.h: _IO(';', 100 + n)
VFIO_SET_IOMMU, VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_GET_DEVICE_FD = 0x3b66, 0x3b68, 0x3b6a


SPECIFICATION = (os.environ['GPUSPEC_TREE'] + '/kmod/gpuspec.yaml',
                 KSRC + '/Documentation/netlink/genetlink-legacy.yaml')


class Family(YnlFamily):
    """Remembers what was done, and what was heard: on a socket of its own."""

    def __init__(self):
        super().__init__(*SPECIFICATION)
        self.used = set()
        self.events = []
        self.listener = YnlFamily(*SPECIFICATION)
        self.listener.ntf_subscribe('events')

    def do(self, method, vals, flags=None):
        self.used.add(method)
        return super().do(method, vals, flags or [])

    def dump(self, method, vals):
        self.used.add(method)
        return super().dump(method, vals)

    def hear(self):
        for _ in range(20):
            self.listener.check_ntf()
            time.sleep(0.05)
        heard, self.listener.async_msg_queue = self.listener.async_msg_queue, []
        self.used.update(event['name'] for event in heard)
        self.events += heard
        return heard


def write(path, text):
    """In one system call: a file object would write again what the kernel refused."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def open_device(uuid):
    """Open an mdev as QEMU does; the descriptors keep it open."""
    group = os.path.basename(os.readlink(f'/sys/bus/mdev/devices/{uuid}/iommu_group'))
    group = os.open(f'/dev/vfio/{group}', os.O_RDWR)
    container = os.open('/dev/vfio/vfio', os.O_RDWR)
    fcntl.ioctl(group, VFIO_GROUP_SET_CONTAINER, container.to_bytes(4, 'little'))
    fcntl.ioctl(container, VFIO_SET_IOMMU, 1)
    # With a bytearray, ioctl() returns what the kernel returned: the descriptor.
    device = fcntl.ioctl(group, VFIO_GROUP_GET_DEVICE_FD, bytearray(uuid.encode() + b'\0'))
    return device, group, container


def expect(what, is_so):
    if not is_so:
        raise AssertionError(what)


def test_commands(family):
    info = family.do('info-get', {})
    expect(f'info: {info}', info['default'] == 'open' and info['version'])
    family.do('spec-set', {'id': SPEC, 'state': 'disabled'})
    spec = family.do('spec-get', {'id': SPEC})['spec']
    expect(f'spec: {spec}', spec['state'] == 'disabled' and spec['sharing'] == 'all'
           and spec['kind'] == 'pgpu' and spec['named'] and spec['devices'] == 0)
    check = family.do('check', {'id': SPEC})
    expect(f'check: {check}', check == {'id': SPEC, 'reason': 'disabled', 'account': 'host'})
    expect('dump', SPEC in [row['spec']['id'] for row in family.dump('spec-get', {})])
    family.do('spec-del', {'id': SPEC})
    try:
        family.do('spec-get', {'id': SPEC})
        expect('spec is still there', False)
    except NlError as error:
        expect(f'error {error}', error.nl_msg.error == -2 and
               'no device of this host' in error.nl_msg.extack['msg'])
    family.do('policy-begin', {})
    family.do('spec-set', {'id': SPEC, 'sharing': 'none', 'if-unused': True})
    family.do('default-set', {'default': 'closed'})
    family.do('policy-commit', {'changes': 2})
    expect('default', family.do('info-get', {})['default'] == 'closed')
    family.do('policy-begin', {'replace': True})
    family.do('default-set', {'default': 'open'})
    family.do('policy-commit', {'changes': 1})
    expect('forgotten', SPEC not in [row['spec']['id'] for row in family.dump('spec-get', {})])
    heard = family.hear()
    names = [event['name'] for event in heard]
    expect(f'events: {names}', names == ['spec-changed', 'spec-changed', 'spec-changed',
                                         'policy-applied', 'spec-changed', 'policy-applied'])
    expect(f'events: {heard}', heard[3]['msg']['default'] == 'closed'
           and heard[5]['msg']['default'] == 'open')


def test_accounts(family):
    family.do('account-set', {'account': 'blue', 'cgroup': ['/blue', '/b/c'], 'uid': [7, 8]})
    account = family.do('account-get', {'account': 'blue'})
    account.pop('generation')
    expect(f'account: {account}', account == {'account': 'blue', 'cgroup': ['/blue', '/b/c'],
                                              'uid': [7, 8]})
    expect('accounts', [row['account'] for row in family.dump('account-get', {})] == ['blue'])
    family.do('spec-set', {'id': SPEC, 'sharing': 'none'})
    family.do('share-set', {'id': SPEC, 'account': 'blue', 'maximum': 2})
    family.do('share-set', {'id': SPEC, 'account': 'red'})
    shares = family.dump('share-get', {'id': SPEC})
    for row in shares:
        row.pop('generation')
    expect(f'shares: {shares}', shares == [
        {'id': SPEC, 'account': 'blue', 'maximum': 2, 'held': 0},
        {'id': SPEC, 'account': 'red', 'held': 0}])
    spec = family.do('spec-get', {'id': SPEC})['spec']
    expect(f'spec: {spec}', spec['sharing'] == 'list' and spec['shares'] == 2)
    checks = {account: family.do('check', {'id': SPEC, 'account': account})['reason']
              for account in ('blue', 'green')}
    expect(f'checks: {checks}', checks == {'blue': 'allowed', 'green': 'not-shared'})
    check = family.do('check', {'id': SPEC, 'pid': os.getpid()})
    expect(f'check: {check}', check == {'id': SPEC, 'reason': 'not-shared', 'account': 'host'})
    family.do('share-del', {'id': SPEC, 'account': 'blue'})
    family.do('share-del', {'id': SPEC, 'account': 'red'})
    expect('none', family.do('spec-get', {'id': SPEC})['spec']['sharing'] == 'none')
    family.do('account-del', {'account': 'blue'})
    family.do('spec-del', {'id': SPEC})
    heard = family.hear()
    names = [event['name'] for event in heard]
    expect(f'events: {names}', names == ['account-changed', 'policy-applied'] +
           ['spec-changed'] * 5 + ['account-changed', 'policy-applied', 'spec-changed'])
    expect(f'events: {heard}', heard[2]['msg']['process']['pid'] == os.getpid()
           and abs(heard[2]['msg']['time'] / 1e9 - time.time()) < 60)
    told = [about_account(event['msg']) for event in heard]
    expect(f'accounts: {told}', told == [
        ('added', 'blue', None), (None, None, None), (None, None, None), ('added', 'blue', 2),
        ('added', 'red', None), ('removed', 'blue', None), ('removed', 'red', None),
        ('removed', 'blue', None), (None, None, None), (None, None, None)])


def about_account(event):
    return event.get('account-change'), event.get('account'), event.get('maximum')


def test_transaction_names_accounts(family):
    """Each account that a transaction changes something for is named in an event."""
    family.do('account-set', {'account': 'blue', 'uid': [7]})
    family.do('spec-set', {'id': SPEC, 'sharing': 'none'})
    for account in ('blue', 'green', 'red'):
        family.do('share-set', {'id': SPEC, 'account': account, 'maximum': 1})
    family.hear()
    family.do('policy-begin', {'replace': True})
    family.do('account-set', {'account': 'blue', 'uid': [8]})
    family.do('account-set', {'account': 'red', 'uid': [7]})
    family.do('spec-set', {'id': SPEC, 'state': 'enabled', 'sharing': 'none'})
    family.do('share-set', {'id': SPEC, 'account': 'blue', 'maximum': 1})
    family.do('share-set', {'id': SPEC, 'account': 'red'})
    family.do('share-set', {'id': SPEC, 'account': 'white', 'maximum': 3})
    family.do('policy-commit', {'changes': 6})
    heard = family.hear()
    told = [(event['name'], *about_account(event['msg'])) for event in heard]
    expect(f'replaced: {told}', told == [
        ('spec-changed', 'removed', 'green', None), ('spec-changed', 'changed', 'red', None),
        ('spec-changed', 'added', 'white', 3), ('account-changed', 'changed', 'blue', None),
        ('account-changed', 'added', 'red', None), ('policy-applied', None, None, None)])
    expect(f'{heard}', heard[0]['msg']['spec']['shares'] == 3
           and heard[-1]['msg']['changes'] == 3 and 'default' not in heard[-1]['msg'])
    family.do('spec-set', {'id': SPEC, 'sharing': 'all'})
    told = [about_account(event['msg']) for event in family.hear()]
    expect(f'shared with all: {told}', told == [
        (None, None, None), ('removed', 'blue', None), ('removed', 'red', None),
        ('removed', 'white', None)])
    family.do('policy-begin', {'replace': True})
    family.do('policy-commit', {'changes': 0})
    told = [(event['name'], *about_account(event['msg'])) for event in family.hear()]
    expect(f'forgotten: {told}', told == [
        ('spec-changed', None, None, None), ('account-changed', 'removed', 'blue', None),
        ('account-changed', 'removed', 'red', None), ('policy-applied', None, None, None)])


def test_log(family):
    log = family.dump('log-get', {})
    told = [event for event in family.events
            if event['name'] in ('refused', 'spec-changed', 'account-changed', 'policy-applied',
                                 'rom-changed')]
    expect(f'{len(log)} in the log, {len(told)} told', len(log) == len(told))
    for entry, event in zip(log, told):
        number = family.msgs[event['name']].rsp_value
        expect(f'{entry} and {event}', entry.pop('event') == number and entry == event['msg'])


def test_devices(family):
    write(TYPE + '/create', UUID)
    devices = [row['device'] for row in family.dump('device-get', {'id': MDEV})]
    expect(f'devices: {devices}', devices == [{'spec': MDEV, 'address': UUID,
                                                 'rom-state': 'none'}])
    handles = open_device(UUID)
    device = family.dump('device-get', {'id': MDEV})[0]['device']
    expect(f'device: {device}', device['in-use'] and device['holder']['pid'] == os.getpid())
    for handle in handles:
        os.close(handle)
    write(f'/sys/bus/mdev/devices/{UUID}/remove', '1')
    family.do('spec-set', {'id': MDEV, 'state': 'disabled'})
    try:
        write(TYPE + '/create', UUID)
        expect('made, though disabled', False)
    except PermissionError:
        pass
    family.do('spec-del', {'id': MDEV})
    heard = family.hear()
    names = [event['name'] for event in heard]
    expect(f'events: {names}',
           names == ['device-added', 'opened', 'closed', 'device-removed', 'spec-changed',
                     'device-added', 'refused', 'device-removed', 'spec-changed'])
    refused = heard[6]['msg']
    expect(f'refused: {refused}', refused['reason'] == 'disabled' and refused['gate'] == 'bind'
           and refused['device']['address'] == UUID
           and refused['process']['pid'] == os.getpid())


def small_rom():
    """The smallest sound image: header, PCIR, nothing that could run."""
    rom = bytearray(b'\x55\xaa'.ljust(512, b'\0'))
    rom[0x18] = 0x1c
    rom[0x1c:0x1c + 4] = b'PCIR'
    rom[0x26], rom[0x2c], rom[0x30], rom[0x31] = 0x18, 1, 1, 0x80
    return bytes(rom)


def test_roms(family):
    rom = small_rom()
    digest = hashlib.sha256(rom).digest()
    family.do('rom-begin', {'id': CARD_SPEC, 'size': len(rom), 'sha256': digest, 'version': 'ynl'})
    family.do('rom-data', {'offset': 0, 'bytes': rom})
    family.do('rom-commit', {})
    got = family.do('rom-get', {'id': CARD_SPEC})
    expect(f'rom-get: {got}', got == {'size': 512, 'sha256': digest, 'version': 'ynl', 'offset': 0,
                                      'bytes': rom})
    spec = family.do('spec-get', {'id': CARD_SPEC})['spec']
    expect(f'spec: {spec}', spec['rom'] == {'size': 512, 'sha256': digest, 'version': 'ynl',
                                            'applied': 0, 'pending': 0})
    states = {row['device']['rom-state'] for row in family.dump('device-get', {'id': CARD_SPEC})}
    expect(f'states: {states}', states == {'waiting'})
    family.do('rom-clear', {'id': CARD_SPEC})
    heard = family.hear()
    cards = len(family.dump('device-get', {'id': CARD_SPEC}))
    names = [event['name'] for event in heard]
    expect(f'events: {names}', cards and
           names == (['rom-changed'] + ['device-rom'] * cards) * 2)
    expect(f'events: {heard}', heard[0]['msg']['spec']['rom']['sha256'] == digest
           and 'rom' not in heard[1 + cards]['msg']['spec']
           and heard[1]['msg']['device']['rom-state'] == 'waiting')


def test_no_event_is_missed(family):
    seqs = [event['msg']['seq'] for event in family.events]
    expect(f'{seqs}', seqs == list(range(seqs[0], seqs[0] + len(seqs))))


def test_all_of_the_yaml_was_exercised(family):
    left = set(family.msgs) - family.used
    expect(f'never done or heard: {left}', not left)


def main():
    tests = [test_commands, test_accounts, test_transaction_names_accounts, test_devices,
             test_roms, test_no_event_is_missed, test_log, test_all_of_the_yaml_was_exercised]
    failed = 0
    print('TAP version 13')
    print(f'1..{len(tests)}')
    os.system('rmmod gpuspec 2>/dev/null; modprobe -a mtty gpuspec')
    family = Family()
    for number, test in enumerate(tests, 1):
        try:
            test(family)
            print(f'ok {number} {test.__name__}')
        except (AssertionError, OSError, NlError, KeyError, IndexError) as error:
            failed += 1
            print(f'# {type(error).__name__}: {error}')
            print(f'not ok {number} {test.__name__}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
