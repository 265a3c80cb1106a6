#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""usage: family.py table|syzkaller YAML

What kmod/gpuspec.yaml says of the family, for those who send it messages at random: as
the table of family.h in C, or as a description for syzkaller.
"""

import re
import sys

import yaml

# What is known to mean something on some host, or to come near it. The fuzzer adds what
# is there on the host that it runs on.
VALUES = {
    'id': ['pci:1234:1111:1af4:1100', 'pci:10de:2684:10de:167c', 'pci:aaaa:bbbb:cccc:dddd',
           'mdev:mtty-2', 'mdev:nvidia-35', 'vf:8086:56c0:56c1', 'vf:10de:2235:2235/nvidia-559',
           'mdev:' + 'x' * 255, 'mdev:', 'pci:10DE:2684:10de:167c', 'vf:8086:56c0:56c1/', ''],
    'address': ['0000:00:05.0', '0000:00:09.0', '11111111-2222-3333-4444-00000000000a', 'x' * 63, ''],
    'account': ['blue', 'red', 'green', 'a.b_c@d+e-f', 'x' * 63, 'host', '-blue', 'bl ue', ''],
    'version': ['', '1', '96.02.42.00.01', 'x' * 63],
    'cgroup': ['/blue', '/red', '/blue/vms', '/machine.slice/green.slice', '/' + 'x' * 509, '/',
               'blue', '/blue/', '//blue', '/blue/../red', ''],
}

# What netlink itself answers, before the module is asked: to attributes that are not as the
# command takes them, and to a command that there is none of.
OF_NETLINK = {'EINVAL', 'ERANGE', 'EOPNOTSUPP'}
# A socket has one dump under way at a time.
OF_DUMPS = OF_NETLINK | {'EBUSY'}

TYPES = {'flag': 'FLAG', 'u32': 'U32', 'u64': 'U64', 'string': 'STRING', 'binary': 'BINARY',
         'nest': 'NEST', 'pad': 'PAD'}


def upper(name):
    return name.upper().replace('-', '_')


class Family:
    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            self.spec = yaml.safe_load(file)
        kinds = {'enum': {}, 'const': {}}
        for definition in self.spec['definitions']:
            kinds[definition['type']][definition['name']] = definition
        self.enums, self.constants = kinds['enum'], kinds['const']
        self.sets = {each['name']: each['attributes'] for each in self.spec['attribute-sets']}
        self.operations = self.spec['operations']['list']

    def attribute(self, name, of='gpuspec'):
        return next(each for each in self.sets[of] if each['name'] == name)

    def enumerator(self, name, of='gpuspec'):
        return upper(f'gpuspec-a-{name}' if of == 'gpuspec' else f'gpuspec-a-{of}-{name}')

    def bound(self, attribute, check):
        """A number or the name of a constant; None if there is no such check."""
        value = attribute.get('checks', {}).get(check)
        return f'GPUSPEC_{upper(value)}' if value in self.constants else value

    def bounds(self, attribute):
        """Least and greatest value of a number, or length of what has one."""
        exact = self.bound(attribute, 'exact-len')
        if exact is not None:
            return exact, exact
        if attribute['type'] in ('string', 'binary'):
            return 0, self.bound(attribute, 'max-len') or 'UINT16_MAX'
        if 'enum' in attribute:
            return 0, len(self.enums[attribute['enum']]['entries']) - 1
        greatest = self.bound(attribute, 'max')
        return self.bound(attribute, 'min') or 0, 'UINT32_MAX' if greatest is None else greatest

    def calls(self):
        """Each command, once for every way to ask it."""
        for operation in self.operations:
            for mode in ('do', 'dump'):
                if mode in operation:
                    yield operation, mode, operation[mode] or {}

    def request(self, operation):
        """What it takes, however it is asked: the kernel has one policy for both."""
        names = []
        for mode in ('do', 'dump'):
            names += operation.get(mode, {}).get('request', {}).get('attributes', [])
        return [each['name'] for each in self.sets['gpuspec'] if each['name'] in names]

    def errors(self, operation, mode):
        """Names of the errors that it may answer with."""
        return self.documented(operation) | (OF_NETLINK if mode == 'do' else OF_DUMPS)

    def documented(self, operation):
        docs = [self.spec['doc'], operation['doc']]
        docs += [self.attribute(name).get('doc', '') for name in self.request(operation)]
        errors = set(re.findall(r'\bE[A-Z]{3,}\b', ' '.join(docs)))
        # What was staged fails at last, with the error that it would have had at once.
        if operation['name'] == 'policy-commit':
            for other in self.operations:
                if re.search(r'\bStaged\b', other['doc']):
                    errors |= self.documented(other)
        return errors


def print_values(name):
    values = ', '.join(f'"{value}"' for value in VALUES[name])
    print(f'static const char *const {name}_values[] = {{ {values}, NULL }};')


def print_table(family):
    print('/* SPDX-License-Identifier: GPL-2.0 */')
    print('/* Made by family.py from kmod/gpuspec.yaml. */')
    for name in VALUES:
        print_values(name)
    for of, attributes in family.sets.items():
        print(f'static const struct family_attribute {of}_attributes[] = {{')
        for each in attributes:
            least, greatest = family.bounds(each)
            fields = [f'"{each["name"]}"', f'FAMILY_{TYPES[each["type"]]}', str(least), str(greatest)]
            if 'nested-attributes' in each:
                fields.append(f'.nested = FAMILY_SET_{upper(each["nested-attributes"])}')
            if 'multi-attr' in each:
                fields.append('.repeats = true')
            if of == 'gpuspec' and each['name'] in VALUES:
                fields.append(f'.values = {each["name"]}_values')
            print(f'\t[{family.enumerator(each["name"], of)}] = {{ {", ".join(fields)} }},')
        print('};')
    print('const struct family_set family_sets[] = {')
    for of, attributes in family.sets.items():
        print(f'\t[FAMILY_SET_{upper(of)}] = {{ {of}_attributes, {len(attributes)} }},')
    print('};')
    print('const struct family_call family_calls[] = {')
    for operation, mode, how in family.calls():
        of = operation['attribute-set']

        def mask(way):
            names = how.get(way, {}).get('attributes', [])
            return ' | '.join(f'BIT_OF({family.enumerator(name, of)})' for name in names) or '0'

        errors = ', '.join(sorted(family.errors(operation, mode)))
        print(f'\t{{ "{operation["name"]}", GPUSPEC_CMD_{upper(operation["name"])}, '
              f'{"true" if mode == "dump" else "false"}, FAMILY_SET_{upper(of)},\n'
              f'\t  {mask("request")},\n\t  {mask("reply")},\n\t  {{ {errors} }} }},')
    print('};')
    print('const size_t family_call_count = sizeof(family_calls) / sizeof(family_calls[0]);')


SYZKALLER_HEAD = '''\
# SPDX-License-Identifier: GPL-2.0
# Made by selftests/family.py from kmod/gpuspec.yaml, for syzkaller's sys/linux.

# AF_NETLINK/NETLINK_GENERIC/gpuspec support.

include <linux/net.h>
include <uapi/linux/netlink.h>
include <uapi/linux/genetlink.h>
include <uapi/linux/gpuspec.h>

resource genl_gpuspec_family_id[int16]

# Unlike genlmsghdr_t: this family refuses other versions than its own.
type genlmsghdr_gpuspec[CMD] {
	cmd		CMD
	version		const[GPUSPEC_FAMILY_VERSION, int8]
	reserved	const[0, int16]
} [align[4]]

type msghdr_gpuspec[CMD, POLICY] msghdr_netlink[netlink_msg_t[genl_gpuspec_family_id, genlmsghdr_gpuspec[CMD], POLICY]]

syz_genetlink_get_family_id$gpuspec(name ptr[in, string["gpuspec"]], fd sock_nl_generic) genl_gpuspec_family_id
'''

# Where syzkaller has a better word for a number.
SYZKALLER_TYPES = {'uid': 'uid', 'pid': 'pid'}


def syzkaller_type(family, attribute):
    name, of = attribute['name'], attribute['type']
    least, greatest = family.bounds(attribute)
    if of in ('flag', 'pad'):
        return 'void'
    if of == 'string':
        return f'string[gpuspec_{name}_values]' if name in VALUES else 'string'
    if of == 'binary':
        if least == greatest:
            return f'array[int8, {least}]'
        return 'array[int8]' if greatest == 'UINT16_MAX' else f'array[int8, 0:{greatest}]'
    if 'enum' in attribute:
        return f'flags[gpuspec_{attribute["enum"].replace("-", "_")}, int32]'
    if name in SYZKALLER_TYPES:
        return SYZKALLER_TYPES[name]
    if of == 'u64':
        return 'int64'
    bounded = least or greatest != 'UINT32_MAX'
    return f'int32[{least}:{greatest}]'.replace('UINT32_MAX', '0xffffffff') if bounded else 'int32'


def print_policy(family, title, names, of='gpuspec'):
    print(f'\n{title} [')
    for name in names:
        attribute = family.attribute(name, of)
        enumerator = family.enumerator(name, of)
        if attribute['type'] == 'nest':
            nested = attribute['nested-attributes'].replace('-', '_')
            print(f'\t{enumerator}\tnlnest[{enumerator}, array[gpuspec_{nested}]]')
        else:
            print(f'\t{enumerator}\tnlattr[{enumerator}, {syzkaller_type(family, attribute)}]')
    print('] [varlen]')


def print_message(title, command, policy):
    print(f'sendmsg${title}(fd sock_nl_generic, msg ptr[in, msghdr_gpuspec[{command}, {policy}]], '
          'f flags[send_flags])')


def print_syzkaller(family):
    print(SYZKALLER_HEAD)
    policies = []
    for operation in family.operations:
        if 'event' in operation:
            continue
        command = f'GPUSPEC_CMD_{upper(operation["name"])}'
        policy = f'gpuspec_{operation["name"].replace("-", "_")}_policy'
        names = family.request(operation)
        if names:
            policies.append((policy, names))
        print_message(command, f'const[{command}, int8]', policy if names else 'nl_generic_attr')
    print('\n# Attributes where they are not taken, those of replies and events, and numbers of events.')
    print_message('gpuspec_any', 'flags[gpuspec_commands, int8]', 'gpuspec_any_policy')
    for policy, names in policies:
        print_policy(family, policy, names)
    print_policy(family, 'gpuspec_any_policy', [each['name'] for each in family.sets['gpuspec']])
    # info-get's reply is all that has the sets info and refusals: no message that is sent does.
    for of in ('spec', 'device', 'process', 'rom'):
        print_policy(family, f'gpuspec_{of}', [each['name'] for each in family.sets[of]], of)
    print()
    commands = ', '.join(f'GPUSPEC_CMD_{upper(each["name"])}' for each in family.operations)
    print(f'gpuspec_commands = {commands}')
    for name, enum in family.enums.items():
        entries = ', '.join(upper(f'gpuspec-{name}-{entry["name"]}') for entry in enum['entries'])
        print(f'gpuspec_{name.replace("-", "_")} = {entries}')
    for name, values in VALUES.items():
        print(f'gpuspec_{name}_values = ' + ', '.join(f'"{value}"' for value in values))


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ('table', 'syzkaller'):
        sys.exit(__doc__)
    family = Family(sys.argv[2])
    if sys.argv[1] == 'table':
        print_table(family)
    else:
        print_syzkaller(family)


if __name__ == '__main__':
    main()
