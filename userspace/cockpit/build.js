// SPDX-License-Identifier: GPL-2.0
// Builds the page: node build.js DIST
import * as esbuild from "esbuild";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { pageTranslations, readPo } from "./po.js";

const dist = process.argv[2];
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const { metafile } = await esbuild.build({
    entryPoints: ["src/index.tsx"],
    outdir: dist,
    bundle: true,
    minify: true,
    metafile: true,
    format: "iife",
    jsx: "automatic",
    // What the browsers have that Cockpit 287 takes.
    target: ["es2021"],
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".woff2": "file", ".svg": "empty" },
    assetNames: "fonts/[name]",
    logLevel: "warning",
});

// The licences of what is in the bundle, as their packages have them.
const inputs = Object.values(metafile.outputs).flatMap(output => Object.keys(output.inputs));
const packages = new Set(inputs.flatMap(path => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []));
writeFileSync(join(dist, "LICENSES.txt"), [...packages].sort().map(name => {
    const folder = join("node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `License: ${license}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
}).join(`\n${"-".repeat(78)}\n\n`));

copyFileSync("index.html", join(dist, "index.html"));
copyFileSync("manifest.json", join(dist, "manifest.json"));
for (const file of existsSync("po") ? readdirSync("po") : []) {
    const language = file.match(/^(.*)\.po$/)?.[1];
    if (language) {
        const { page, manifest } = pageTranslations(language, readPo(readFileSync(join("po", file), "utf8")));
        writeFileSync(join(dist, `po.${language}.js`), page);
        writeFileSync(join(dist, `po.manifest.${language}.js`), manifest);
    }
}
