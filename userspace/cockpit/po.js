// SPDX-License-Identifier: GPL-2.0
// Translations, from gettext's form to what cockpit.js takes.

function unquote(text) {
    return JSON.parse(text.replace(/\\([^"\\nrtbf])/g, "$1"));
}

/* Entries of a .po file: the header under "", with its headers parsed; plurals in order. */
export function readPo(text) {
    const entries = [];
    let entry, field;
    for (const line of text.split("\n")) {
        const keyword = line.match(/^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$/);
        if (line.startsWith("#, ") && line.includes("fuzzy")) {
            entry = { fuzzy: true };
        } else if (keyword) {
            if (keyword[1] === "msgctxt" || (keyword[1] === "msgid" && !("msgctxt" in (entry ?? {}) && !("msgid" in entry)))) {
                entry = { fuzzy: entry?.fuzzy && !("msgid" in entry) };
                entries.push(entry);
            }
            field = keyword[1];
            entry[field] = unquote(keyword[2]);
        } else if (line.startsWith('"')) {
            entry[field] += unquote(line);
        }
    }
    return entries.filter(entry => !entry.fuzzy || entry.msgid === "");
}

function pluralForm(header) {
    const form = header.match(/^Plural-Forms:.*plural=([^;]+)/m)?.[1] ?? "n != 1";
    if (!/^[n\d\s()!=<>?:&|%]+$/.test(form))
        throw new Error(`This is no form of plural: ${form}`);
    return form;
}

export function pageTranslations(language, entries) {
    const header = entries.find(entry => entry.msgid === "")?.msgstr ?? "";
    const head = `"":{"language":${JSON.stringify(language)},"language-direction":"ltr","plural-forms":n=>${pluralForm(header)}}`;
    const rows = entries.filter(entry => entry.msgid && (entry.msgstr || entry["msgstr[0]"])).map(entry => {
        const strings = entry.msgstr ? [entry.msgstr] : Object.keys(entry).filter(key => key.startsWith("msgstr[")).sort().map(key => entry[key]);
        return `${JSON.stringify(entry.msgid)}:${JSON.stringify([null, ...strings])}`;
    });
    const all = `{${[head, ...rows].join(",\n")}}`;
    return {
        page: `cockpit.locale(${all});\n`,
        // The shell asks for what the manifest has.
        manifest: `cockpit.locale(${all});\n`,
    };
}
