// SPDX-License-Identifier: GPL-2.0
// What can be decided of specs, as verbs of gpuspec.

import type { Spec } from "./answers";
import type { Scope } from "./sight";

const _ = cockpit.gettext;

export type Verb = "enable" | "disable" | "share" | "recall";
export type Undo = "rom-clear" | "rom-rollback";
export type Action = Verb | "accounts" | "rom" | Undo;

export function isUndo(action: Action): action is Undo {
    return action === "rom-clear" || action === "rom-rollback";
}

export function isVerb(action: Action): action is Verb {
    return !isUndo(action) && action !== "accounts" && action !== "rom";
}

export function label(action: Action) {
    const labels: Record<Action, string> = {
        enable: _("Enable"),
        disable: _("Disable"),
        share: _("Share To All"),
        recall: _("Recall From All"),
        accounts: _("Share With Accounts"),
        rom: _("Set ROM"),
        "rom-clear": _("Clear ROM"),
        "rom-rollback": _("Roll Back ROM"),
    };
    return labels[action];
}

/* Would it change anything? */
export function applies(action: Action, spec: Spec) {
    switch (action) {
    case "enable":
        return spec.state !== "enabled" || differs(spec);
    case "disable":
        return spec.state !== "disabled" || differs(spec);
    case "share":
        return spec.shared !== "all" || differs(spec);
    case "recall":
        return spec.shared !== "none" || differs(spec);
    case "accounts":
        return true;
    case "rom":
    case "rom-rollback":
        return spec.kind === "pgpu";
    case "rom-clear":
        return spec.rom !== null;
    }
}

/* On a host of the fleet another rule may be in force. */
function differs(spec: Spec) {
    return Boolean(spec.differing);
}

export function args(verb: Verb, specs: Spec[], scope: Scope, more: string[] = []) {
    const ids = specs.map(spec => spec.id);
    const whom = verb === "share" || verb === "recall" ? ["--all"] : [];
    return [verb, ...ids, ...whom, ...more, ...ofScope(scope)];
}

export function ofScope(scope: Scope) {
    return scope === "fleet" ? ["--fleet"] : [];
}
