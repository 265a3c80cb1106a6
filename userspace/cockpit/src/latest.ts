// SPDX-License-Identifier: GPL-2.0
import { useCallback, useRef } from "react";

/* A function that is always the same one, and does what the last one does. */
export function useLatest<Args extends unknown[]>(now: (...args: Args) => void) {
    const latest = useRef(now);
    latest.current = now;
    return useCallback((...args: Args) => latest.current(...args), []);
}
