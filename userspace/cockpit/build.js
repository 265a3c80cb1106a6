// SPDX-License-Identifier: GPL-2.0
// Builds the page: node build.js DIST
import * as esbuild from "esbuild";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

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
const licences = [...packages].sort().map(name => {
    const folder = join("node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    // Of what is in it from others, too.
    const files = readdirSync(folder, { recursive: true }).filter(entry => /(^|\/)licen[cs]e(\.md|\.txt)?$/i.test(entry));
    const texts = files.sort().map(file => `${file}:\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`);
    return `${name} ${version} (${license})\n\n${texts.join("\n")}`;
});
licences.push(readFileSync("fonts.LICENSE", "utf8"));
writeFileSync(join(dist, "LICENSES.txt"), licences.join(`\n${"-".repeat(78)}\n\n`));

// Cockpit sends FILE.gz where FILE is asked for.
for (const file of ["index.js", "index.css"]) {
    writeFileSync(join(dist, `${file}.gz`), gzipSync(readFileSync(join(dist, file)), { level: 9 }));
    rmSync(join(dist, file));
}

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
