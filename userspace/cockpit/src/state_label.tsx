// SPDX-License-Identifier: GPL-2.0
import { Label } from "@patternfly/react-core";
import BanIcon from "@patternfly/react-icons/dist/esm/icons/ban-icon";
import CheckCircleIcon from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";

import type { Spec } from "./answers";
import { state } from "./words";

export const StateLabel = ({ spec }: { spec: Spec }) => (
    spec.state === "enabled"
        ? <Label isCompact color="green" icon={<CheckCircleIcon />}>{state(spec)}</Label>
        : <Label isCompact color="grey" icon={<BanIcon />}>{state(spec)}</Label>
);
