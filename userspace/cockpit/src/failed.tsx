// SPDX-License-Identifier: GPL-2.0
// An error, in gpuspec's own sentence, where it is seen.

import { Alert } from "@patternfly/react-core";
import { useEffect, useRef } from "react";

import type { Failure } from "./program";

export const Failed = ({ failure }: { failure: Failure | null }) => {
    const place = useRef<HTMLDivElement>(null);
    useEffect(() => { place.current?.scrollIntoView({ block: "nearest" }) }, [failure]);
    return failure &&
        <div ref={place}>
            <Alert isInline isLiveRegion variant="danger" component="h3" title={failure.message} className="gpuspec-failure" />
        </div>;
};
