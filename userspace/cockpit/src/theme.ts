// SPDX-License-Identifier: GPL-2.0
// Light or dark, as Cockpit's shell is: its setting, and its message when that changes.

const DARK = "pf-v6-theme-dark";
const system = window.matchMedia("(prefers-color-scheme: dark)");

function follow(style: string | null) {
    const wanted = style || localStorage.getItem("shell:style") || "auto";
    const dark = wanted === "dark" || (wanted === "auto" && system.matches);
    document.documentElement.classList.toggle(DARK, dark);
}

export function followTheme() {
    follow(null);
    window.addEventListener("storage", event => event.key === "shell:style" && follow(event.newValue));
    window.addEventListener("cockpit-style", event => follow((event as CustomEvent<{ style: string }>).detail.style));
    system.addEventListener("change", () => follow(null));
}
