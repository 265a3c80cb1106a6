// SPDX-License-Identifier: GPL-2.0
// PatternFly's label, without what that measures each time: there is one in each row.
import BanIcon from "@patternfly/react-icons/dist/esm/icons/ban-icon";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import "@patternfly/react-styles/css/components/Label/label.css";

import type { Spec } from "./answers";
import { state } from "./words";

export const PlainLabel = ({ color, icon, children }: { color: "green" | "grey", icon?: React.ReactNode, children: React.ReactNode }) => (
    <span className={`pf-v6-c-label pf-m-filled pf-m-compact pf-m-${color}`}>
        <span className="pf-v6-c-label__content">
            {icon && <span className="pf-v6-c-label__icon">{icon}</span>}
            <span className="pf-v6-c-label__text">{children}</span>
        </span>
    </span>
);

export const StateLabel = ({ spec }: { spec: Spec }) => (
    spec.state === "enabled"
        ? <PlainLabel color="green" icon={<CheckCircleIcon />}>{state(spec)}</PlainLabel>
        : <PlainLabel color="grey" icon={<BanIcon />}>{state(spec)}</PlainLabel>
);
