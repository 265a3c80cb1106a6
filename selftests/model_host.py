# SPDX-License-Identifier: GPL-2.0
"""The real host for model.py: the guest of tools/vm, its cards, and processes of accounts.

A Host does each action by the method of the action's name, and tells what came of it:
"ok", the name of an errno, or what was answered. Netlink and sysfs are asked from within
this process, and devices are held by a few that it forks: programs take long to start.
"""

import copy
import errno
import fcntl
import glob
import hashlib
import multiprocessing.connection
import os
import socket
import struct
import subprocess
import sys
import threading
import time

KSRC = os.environ['GPUSPEC_KSRC']
TREE = os.environ['GPUSPEC_TREE']
sys.path.append(KSRC + '/tools/net/ynl')

from lib import NlError, YnlFamily  # noqa: E402
from lib import ynl  # noqa: E402

PCI = '/sys/bus/pci/devices/'
MDEV = '/sys/bus/mdev/devices/'
PARENT = '/sys/class/mdev_bus/mtty/mdev_supported_types/'
HOTPLUG_PORT = '0000:00:0b.0'
CGROUPS = '/sys/fs/cgroup'

# linux/vfio.h: _IO(';', 100 + n)
(VFIO_SET_IOMMU, VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_GET_DEVICE_FD, VFIO_DEVICE_GET_REGION_INFO,
 VFIO_DEVICE_BIND_IOMMUFD) = 0x3b66, 0x3b68, 0x3b6a, 0x3b6c, 0x3b76
VFIO_PCI_ROM_REGION_INDEX = 6
SO_RCVBUFFORCE = 33

# Who asks for devices: a name, its cgroup, its user.
PROCESSES = (('root', '/', 0), ('user', '/', 4001), ('blue', '/model/blue', 0),
             ('vm', '/model/blue/vm', 4001), ('bluer', '/model/bluer', 4002))


def small_rom(number):
    """The smallest sound image: header, PCIR, nothing that could run."""
    rom = bytearray(b'\x55\xaa'.ljust(512, b'\0'))
    rom[0x18] = 0x1c
    rom[0x1c:0x1c + 4] = b'PCIR'
    rom[0x26], rom[0x2c], rom[0x30], rom[0x31] = 0x18, 1, 1, 0x80
    rom[0x40] = number
    return bytes(rom)


ROMS = [small_rom(number) for number in range(3)]


def which_rom(contents):
    for number, rom in enumerate(ROMS):
        if contents.startswith(rom):
            return number
    return None


def read(path):
    with open(path, encoding='ascii') as file:
        return file.read().strip()


def write(path, text):
    """In one system call: a file object would write again what the kernel refused."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, str(text).encode())
    finally:
        os.close(file)


def outcome(function, *args):
    try:
        function(*args)
    except OSError as error:
        return errno.errorcode[error.errno]
    except NlError as error:
        return errno.errorcode[-error.nl_msg.error]
    return 'ok'


def eventually(what, is_so):
    """What the kernel does in its own time: a minute is plenty even for a slow machine."""
    for _ in range(1200):
        if is_so():
            return
        time.sleep(0.05)
    raise TimeoutError(f'never came true: {what}')


def driver_of(address):
    try:
        driver = os.path.basename(os.readlink(PCI + address + '/driver'))
    except FileNotFoundError:
        return None
    return 'vfio' if driver == 'vfio-pci' else driver


def spec_of(address):
    ids = [read(PCI + address + '/' + name)[2:]
           for name in ('vendor', 'device', 'subsystem_vendor', 'subsystem_device')]
    return 'pci:' + ':'.join(ids)


def sysfs_of(address):
    return (PCI if ':' in address else MDEV) + address


# --- netlink ---

class Kernel:
    """gpuspec's family, and a socket that hears its events."""

    def __init__(self):
        # Checked against the schema by ynl.py; to do so takes seconds.
        self.family = YnlFamily(TREE + '/kmod/gpuspec.yaml', '')
        self.listener = None
        self.numbers = {op.rsp_value: name for name, op in self.family.msgs.items()}
        self.open()

    def open(self):
        """A family that is registered anew has another number."""
        ynl.genl_family_name_to_id = None
        self.family.nlproto = ynl.GenlProtocol('gpuspec')
        if self.listener:
            self.listener.sock.close()
        self.listener = copy.copy(self.family)
        self.listener.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                           self.family.nlproto.proto_num)
        # Each event counts as a page, and one action may come to many.
        self.listener.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 21)
        self.listener.async_msg_queue = []
        self.listener.ntf_subscribe('events')

    def do(self, method, **attributes):
        return self.family.do(method, {name.replace('_', '-'): value
                                       for name, value in attributes.items()
                                       if value is not None and value != []})

    def dump(self, method):
        return self.family.dump(method, {})

    def hear(self):
        self.listener.check_ntf()
        heard = list(self.listener.async_msg_queue)
        self.listener.async_msg_queue.clear()
        return [(event['name'], event['msg']) for event in heard]

    def change(self, kind, *args):
        """A change of policy, by its name in model_state.Draft."""
        attributes = {'spec_set': ('id', 'state', 'sharing', 'if_unused'), 'spec_del': ('id',),
                      'share_set': ('id', 'account', 'maximum'),
                      'share_del': ('id', 'account', 'if_unused'),
                      'account_set': ('account', 'cgroup', 'uid'), 'account_del': ('account',),
                      'default_set': ('default',)}[kind]
        self.do(kind.replace('_', '-'), **dict(zip(attributes, args)))


# --- processes that take devices ---

def open_by_group(address):
    """As QEMU does; the descriptors keep it open."""
    group = os.readlink(sysfs_of(address) + '/iommu_group').rpartition('/')[2]
    files = [os.open('/dev/vfio/' + group, os.O_RDWR)]
    try:
        files.append(os.open('/dev/vfio/vfio', os.O_RDWR))
        fcntl.ioctl(files[0], VFIO_GROUP_SET_CONTAINER, files[1].to_bytes(4, 'little'))
        fcntl.ioctl(files[1], VFIO_SET_IOMMU, 1)
        # With a bytearray, ioctl() returns what the kernel returned: the descriptor.
        files.insert(0, fcntl.ioctl(files[0], VFIO_GROUP_GET_DEVICE_FD,
                                    bytearray(address.encode() + b'\0')))
    except OSError:
        close_all(files)
        raise
    return files


def open_by_cdev(address):
    name = os.listdir(sysfs_of(address) + '/vfio-dev')[0]
    files = [os.open('/dev/vfio/devices/' + name, os.O_RDWR)]
    try:
        files.append(os.open('/dev/iommu', os.O_RDWR))
        fcntl.ioctl(files[0], VFIO_DEVICE_BIND_IOMMUFD,
                    bytearray(struct.pack('=IIiI', 16, 0, files[1], 0)))
    except OSError:
        close_all(files)
        raise
    return files


def close_all(files):
    for file in files:
        os.close(file)


def read_vfio_rom(device):
    info = bytearray(struct.pack('=IIIIQQ', 32, 0, VFIO_PCI_ROM_REGION_INDEX, 0, 0, 0))
    fcntl.ioctl(device, VFIO_DEVICE_GET_REGION_INFO, info)
    _, _, _, _, size, offset = struct.unpack('=IIIIQQ', info)
    # Ours are small; a card's own may be slow to read.
    return os.pread(device, len(ROMS[0]), offset) if size else b''


class Worker:
    """A process of its own that opens, holds, reads and closes devices."""

    def __init__(self, cgroup, uid, others):
        self.cgroup, self.uid = cgroup, uid
        self.pipe, pipe = multiprocessing.connection.Pipe()
        self.pid = os.fork()
        if not self.pid:
            # With the last copy of the other end it learns that the test is gone.
            for other in others + [self]:
                other.pipe.close()
            try:
                self.serve(pipe)
            finally:
                os._exit(0)
        pipe.close()
        self.ask()

    def serve(self, pipe):
        os.makedirs(CGROUPS + self.cgroup, exist_ok=True)
        write(CGROUPS + self.cgroup + '/cgroup.procs', os.getpid())
        os.setgroups([])
        os.setresuid(self.uid, self.uid, self.uid)
        held = {}
        pipe.send('ok')
        while True:
            try:
                what, address, *args = pipe.recv()
            except EOFError:
                return
            try:
                result = 'ok'
                if what == 'open':
                    held[address] = {'group': open_by_group, 'cdev': open_by_cdev}[args[0]](address)
                elif what == 'close':
                    close_all(held.pop(address, []))
                else:
                    result = which_rom(read_vfio_rom(held[address][0]))
            except OSError as error:
                result = errno.errorcode[error.errno]
            pipe.send(result)

    def ask(self, *request):
        if request:
            self.pipe.send(request)
        if not self.pipe.poll(60):
            raise TimeoutError(f'process {self.pid} does not answer to {request}')
        return self.pipe.recv()


def describe_process(pid, uid):
    process = {'pid': pid, 'uid': uid, 'comm': read(f'/proc/{pid}/comm'),
               'cgroup': read(f'/proc/{pid}/cgroup').rpartition('0::')[2]}
    login = int(read(f'/proc/{pid}/loginuid')) if os.path.exists('/proc/self/loginuid') else -1
    if login not in (-1, 0xffffffff):
        process['login-uid'] = login
    return process


# --- the host ---

class Facts:
    """What the host is when nothing has been done to it yet, for the model."""

    def __init__(self, workers):
        self.processes = {name: describe_process(worker.pid, worker.uid)
                          for name, worker in workers.items()}
        self.processes['admin'] = describe_process(os.getpid(), os.geteuid())
        self.cards = {address: (spec_of(address), driver_of(address))
                      for address in sorted(os.listdir(PCI))
                      if read(PCI + address + '/class')[2:].startswith(('03', '12', '0108'))}
        self.rom_rows = [{'size': len(rom), 'sha256': hashlib.sha256(rom).digest(),
                          'version': f'v{number}'} for number, rom in enumerate(ROMS)]
        pf = os.path.dirname(glob.glob(PCI + '*/sriov_totalvfs')[0])
        self.pf = os.path.basename(pf)
        vendor, device = read(pf + '/vendor')[2:], read(pf + '/device')[2:]
        self.vf_spec = f'vf:{vendor}:{device}:' + read(pf + '/sriov_vf_device').zfill(4)
        first, stride = int(read(pf + '/sriov_offset')), int(read(pf + '/sriov_stride'))
        self.vf_addresses = [f'{self.pf[:-1]}{first + stride * number}' for number in range(3)]
        # QEMU takes out and puts in again its NVMe, and no GPU: see plug.sh.
        bus = int(read(PCI + HOTPLUG_PORT + '/secondary_bus_number'))
        self.plugged_address = f'0000:{bus:02x}:00.0'
        self.plugged_spec = f'pci:{vendor}:{device}:' + self.cards[self.pf][0][-9:]
        self.uuids = [f'11111111-2222-3333-4444-0000000000{n:02x}' for n in range(0xc0, 0xc3)]
        self.addresses = set(self.cards) | set(self.vf_addresses) | set(self.uuids)
        self.addresses.add(self.plugged_address)
        # From 6.2 on VFIO lets go of a device that is open (kmod/open_gate.c).
        release = tuple(int(part) for part in os.uname().release.split('.')[:2])
        self.leaves_at_once = release >= (6, 2)
        self.ways = ['group', 'cdev'] if os.path.exists('/dev/iommu') else ['group']


class Host:
    def __init__(self):
        self.workers, self.held, self.leaving = {}, {}, {}
        subprocess.run('rmmod gpuspec 2>/dev/null; modprobe -a vfio-pci mtty nvme',
                       shell=True, check=True)
        for name, cgroup, uid in PROCESSES:
            self.workers[name] = Worker(cgroup, uid, list(self.workers.values()))
        self.take_back()
        self.facts = Facts(self.workers)
        eventually('the NVMe has its driver', lambda: driver_of(self.facts.pf) == 'nvme')
        self.facts.cards[self.facts.pf] = (self.facts.cards[self.facts.pf][0], 'nvme')
        write(PCI + self.facts.pf + '/sriov_drivers_autoprobe', 0)
        self.load(False, subscribe=False)
        self.kernel = Kernel()

    def reset(self):
        """As a host with no policy, no mdev, no VF and no card of VFIO."""
        for address in list(self.held):
            self.close(address)
        self.take_back()
        if os.path.exists(PCI + self.facts.plugged_address):
            self.unplug()
        if os.path.exists('/sys/module/gpuspec'):
            self.unload()
        self.load(False)

    def take_back(self):
        """All that VFIO has, and the VFs."""
        for uuid in os.listdir(MDEV):
            write(MDEV + uuid + '/remove', 1)
        for card in glob.glob('/sys/bus/pci/drivers/vfio-pci/*:*'):
            self.unbind(os.path.basename(card))
        for numvfs in glob.glob(PCI + '*/sriov_numvfs'):
            if read(numvfs) != '0':
                write(numvfs, 0)

    def load(self, closed, subscribe=True):
        subprocess.run(['modprobe', 'gpuspec', 'match_class=0108', f'closed={int(closed)}'],
                       check=True)
        if subscribe:
            self.kernel.open()
        return 'ok'

    def unload(self):
        status = subprocess.run(['rmmod', 'gpuspec'], check=False).returncode
        return 'ok' if status == 0 else 'refused'

    def tables(self, loaded):
        tables = {'roms': self.shown_roms()}
        if not loaded:
            return tables
        dumps = {name: self.kernel.dump(name + '-get')
                 for name in ('device', 'spec', 'share', 'account')}
        info = self.kernel.do('info-get')
        del info['version']
        generations = {row.pop('generation') for dump in dumps.values() for row in dump}
        generations.add(info.pop('generation'))
        if len(generations) > 1:
            tables['generations'] = generations
        return dict(tables, info=info, shares=dumps['share'], accounts=dumps['account'],
                    specs=[row['spec'] for row in dumps['spec']],
                    devices={row['device']['address']: row['device'] for row in dumps['device']})

    def shown_roms(self):
        """Those of ours that sysfs has: they are of a size that no card's own has."""
        shown = {}
        for path in glob.glob(PCI + '*/rom'):
            if os.stat(path).st_size > 4096:
                continue
            write(path, 1)
            with open(path, 'rb') as file:
                number = which_rom(file.read())
            if number is not None:
                shown[path.split('/')[-2]] = number
        return shown

    # --- devices ---

    def bind(self, address):
        if driver_of(address):
            write(PCI + address + '/driver/unbind', address)
        write(PCI + address + '/driver_override', 'vfio-pci')
        return outcome(write, '/sys/bus/pci/drivers/vfio-pci/bind', address)

    def unbind(self, address):
        write(PCI + address + '/driver_override', '\n')
        return self.let_leave(address, PCI + address + '/driver/unbind', address)

    def let_leave(self, address, path, text):
        """A write that does not return before the holder is gone."""
        if address not in self.held:
            return outcome(write, path, text)
        vfio = glob.glob(sysfs_of(address) + '/vfio-dev/*')
        self.leaving[address] = threading.Thread(target=outcome, args=(write, path, text))
        self.leaving[address].start()
        if self.facts.leaves_at_once:
            eventually(f'{address} leaves', lambda: not any(map(os.path.exists, vfio)))
        return 'ok'

    def open(self, who, address, way):
        files = glob.glob('/dev/vfio/*') + glob.glob('/dev/vfio/devices/*') + ['/dev/iommu']
        for file in files:
            if os.path.exists(file):
                os.chmod(file, 0o777)
        result = self.workers[who].ask('open', address, way)
        if result == 'ok':
            self.held[address] = who
        # For VFIO, a device that someone has.
        return 'busy' if result in ('EBUSY', 'EINVAL') else result

    def close(self, address):
        result = self.workers[self.held.pop(address)].ask('close', address)
        if address in self.leaving:
            thread = self.leaving.pop(address)
            thread.join(60)
            if thread.is_alive():
                raise TimeoutError(f'{address} was released and does not leave')
        return result

    def read_rom(self, address):
        return self.workers[self.held[address]].ask('rom', address)

    def mdev_create(self, kind, uuid):
        return outcome(write, PARENT + kind + '/create', uuid)

    def mdev_remove(self, uuid):
        return self.let_leave(uuid, MDEV + uuid + '/remove', 1)

    def make_vfs(self, count):
        return outcome(write, PCI + self.facts.pf + '/sriov_numvfs', count)

    def remove_vfs(self):
        return outcome(write, PCI + self.facts.pf + '/sriov_numvfs', 0)

    def qmp(self, *request):
        subprocess.run([TREE + '/tools/qmp', *request], check=True, stdout=subprocess.DEVNULL)

    def plug(self):
        self.qmp('device_add', 'driver=nvme', 'serial=plugged', 'bus=hotplug0', 'id=plugged')
        eventually('the card is plugged in',
                   lambda: driver_of(self.facts.plugged_address) == 'nvme')
        return 'ok'

    def unplug(self):
        self.qmp('device_del', 'id=plugged')
        eventually('the card is gone',
                   lambda: not os.path.exists(PCI + self.facts.plugged_address))
        return 'ok'

    # --- policy, ROMs, questions ---

    def policy_change(self, *change):
        return outcome(self.kernel.change, *change)

    def apply(self, replace, changes):
        self.kernel.do('policy-begin', replace=replace)
        return ([outcome(self.kernel.change, *change) for change in changes] +
                [outcome(lambda: self.kernel.do('policy-commit', changes=len(changes)))])

    def rom_set(self, spec, number):
        def upload():
            row = self.facts.rom_rows[number]
            self.kernel.do('rom-begin', id=spec, **row)
            self.kernel.do('rom-data', offset=0, bytes=ROMS[number])
            self.kernel.do('rom-commit')
        return outcome(upload)

    def rom_clear(self, spec):
        return outcome(lambda: self.kernel.do('rom-clear', id=spec))

    def check(self, what, by_account, whom):
        question = {'address' if what in self.facts.addresses else 'id': what}
        if by_account:
            question['account'] = whom
        elif whom != 'admin':
            question['pid'] = self.facts.processes[whom]['pid']
        try:
            return self.kernel.do('check', **question)
        except NlError as error:
            return errno.errorcode[-error.nl_msg.error]

    def read_log(self):
        log = []
        for entry in self.kernel.dump('log-get'):
            entry.pop('time')
            log.append([entry.pop('seq'), self.kernel.numbers[entry.pop('event')], entry])
        return log
