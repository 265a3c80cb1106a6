// SPDX-License-Identifier: GPL-2.0
// Cockpit's administrative access: whether it is on, and that it has changed.

import { useEffect } from "react";

export function usePrivilege(changed: () => void) {
    useEffect(() => {
        const proxy = cockpit.dbus(null, { bus: "internal" }).proxy("cockpit.Superuser", "/superuser");
        let last: string | undefined;
        const look = () => {
            // While it is asked for, nothing has changed yet.
            if (proxy.Current === last || proxy.Current === "init")
                return;
            const first = last === undefined;
            last = proxy.Current;
            if (!first)
                changed();
        };
        proxy.wait(look);
        proxy.addEventListener("changed", look);
    }, [changed]);
}
