# SPDX-License-Identifier: GPL-2.0
"""What policy says, and what changes make of it: for model_state.py."""

import copy


class Refused(Exception):
    """By the errno that it has as its argument."""


class Rule:
    """What policy says of a spec that it names."""

    def __init__(self, state, is_for_all, shares=()):
        self.state, self.is_for_all, self.shares = state, is_for_all, dict(shares)

    @property
    def sharing(self):
        return 'all' if self.is_for_all else 'list' if self.shares else 'none'

    def __eq__(self, other):
        return isinstance(other, Rule) and vars(self) == vars(other)


UNNAMED = {'open': Rule('enabled', True), 'closed': Rule('disabled', False)}


class Policy:
    """The policy in force, or what becomes of it by changes that are not in force yet."""

    def __init__(self, default='open'):
        self.default, self.rules, self.accounts = default, {}, {}

    def rule(self, spec):
        return self.rules.get(spec) or UNNAMED[self.default]

    def name(self, spec):
        if spec not in self.rules:
            self.rules[spec] = copy.deepcopy(UNNAMED[self.default])
        return self.rules[spec]

    def account_of(self, process):
        path = process['cgroup'].rstrip('/')
        while path:
            for name, (cgroups, _) in self.accounts.items():
                if path in cgroups:
                    return name
            path = path.rpartition('/')[0]
        for name, (_, uids) in self.accounts.items():
            if process['uid'] in uids:
                return name
        return 'host'

    def marks_are_unique(self):
        for kind in (0, 1):
            marks = [mark for account in self.accounts.values() for mark in account[kind]]
            if len(marks) != len(set(marks)):
                return False
        return True


class Draft:
    """Changes, worked out in their order on a copy of the policy: see policy-begin."""

    def __init__(self, model, replace=False):
        self.model, self.replace = model, replace
        self.policy = copy.deepcopy(model.policy)
        # Specs in the order in which they were touched: events come in that order.
        self.touched = model.table() if replace else []
        if replace:
            self.policy.rules, self.policy.accounts = {}, {}

    def touch(self, spec):
        if spec not in self.touched:
            self.touched.append(spec)

    def change(self, kind, *args):
        getattr(self, kind)(*args)

    def spec_set(self, spec, state, sharing, if_unused):
        if if_unused and self.model.in_use(spec):
            raise Refused('EBUSY')
        self.touch(spec)
        rule = self.policy.name(spec)
        rule.state = state or rule.state
        if sharing:
            rule.is_for_all, rule.shares = sharing == 'all', {}

    def spec_del(self, spec):
        if spec not in self.policy.rules:
            raise Refused('ENOENT')
        self.touch(spec)
        del self.policy.rules[spec]

    def share_set(self, spec, account, maximum):
        if self.replace and spec not in self.policy.rules:
            raise Refused('EINVAL')
        self.touch(spec)
        rule = self.policy.name(spec)
        if rule.is_for_all:
            raise Refused('EINVAL')
        rule.shares[account] = maximum

    def share_del(self, spec, account, if_unused):
        if if_unused and self.model.held(spec, account):
            raise Refused('EBUSY')
        if spec not in self.policy.rules or account not in self.policy.rules[spec].shares:
            raise Refused('ENOENT')
        self.touch(spec)
        del self.policy.rules[spec].shares[account]

    def account_set(self, name, cgroups, uids):
        self.policy.accounts[name] = (cgroups, uids)

    def account_del(self, name):
        if name not in self.policy.accounts:
            raise Refused('ENOENT')
        del self.policy.accounts[name]

    def default_set(self, default):
        self.policy.default = default

    def refuses_to_stage(self, kind, *args):
        """What a message is refused for before it becomes a change."""
        if kind == 'spec_set':
            given = args[1:3]
            return not any(given) or self.replace and not all(given)
        if kind == 'account_set':
            name, cgroups, _ = args
            return name == 'host' or any(not path.startswith('/') or path == '/'
                                         for path in cgroups)
        return kind == 'account_del' and args == ('host',)
