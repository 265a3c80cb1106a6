// SPDX-License-Identifier: GPL-2.0
// What there is to translate, as a template for po/LANGUAGE.po: node pot.js POT. (xgettext loses its
// way in JSX.)
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const found = new Map([["GPU specifications", { places: ["manifest.json"] }]]);

function note(texts, place) {
    const [one, many] = texts.map(node => {
        if (!ts.isStringLiteral(node))
            throw new Error(`${place}: what is translated is not a string`);
        return node.text;
    });
    const entry = found.get(one) ?? { places: [] };
    found.set(one, { many: many ?? entry.many, places: [...entry.places, place] });
}

function visit(node, file) {
    if (ts.isCallExpression(node)) {
        const called = node.expression.getText(file);
        const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
        const place = `${file.fileName}:${line + 1}`;
        if (called === "_")
            note(node.arguments.slice(0, 1), place);
        else if (called === "cockpit.ngettext")
            note(node.arguments.slice(0, 2), place);
    }
    ts.forEachChild(node, child => visit(child, file));
}

for (const name of readdirSync("src").filter(name => /\.tsx?$/.test(name)).sort()) {
    const path = join("src", name);
    const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    visit(file, file);
}

const entries = [...found].map(([one, { many, places }]) => [
    `#: ${places.join(" ")}`,
    `msgid ${JSON.stringify(one)}`,
    ...(many === undefined ? ['msgstr ""'] : [`msgid_plural ${JSON.stringify(many)}`, 'msgstr[0] ""', 'msgstr[1] ""']),
].join("\n"));
const header = ['msgid ""', 'msgstr ""', '"Project-Id-Version: cockpit-gpuspec\\n"', '"Content-Type: text/plain; charset=UTF-8\\n"'].join("\n");
writeFileSync(process.argv[2], [header, ...entries].join("\n\n") + "\n");
