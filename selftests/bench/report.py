#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What came of the figures: a table of the rows in files of JSON lines (run.py).

    report.py [--json FILE] [--markdown FILE] [--plot FILE] ROWS...

With --json they are kept together, with the ratios; with --markdown the table is put into
FILE between the lines <!-- table --> and <!-- end -->; with --plot it is drawn, as SVG.
Exit status 1: a figure is worse by half than its goal, or than what it is known to be.
"""

import argparse
import json
import statistics
import subprocess
import sys

# By how much a figure may miss its goal, or what is accepted, before that is a failure.
TOLERANCE = 1.5
CLOCKS = ("instructions", "time", "threads")


def spread(values):
    return {"median": statistics.median(values), "minimum": min(values),
            "maximum": max(values), "number": len(values)}


def judge(row):
    """The row with what is to be held against its goal: ratios, or the amounts themselves."""
    values = row["ours"]
    if row["theirs"]:
        values = [ours / theirs for ours, theirs in zip(row["ours"], row["theirs"])]
    return {**row, "result": spread(values)}


def read(files):
    """The figures in their order, each with a row for each clock."""
    figures = {}
    for name in files:
        with open(name, encoding="utf-8") as file:
            for line in file:
                row = judge(json.loads(line))
                figures.setdefault(row["name"], {})[row["how"]] = row
    return figures


def best(rows):
    """Instructions are the same on every machine, and so are what is judged where there are."""
    return next(rows[clock] for clock in CLOCKS if clock in rows)


def amount(value, unit):
    if unit == "ns":
        for size, name in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
            if value >= size:
                return f"{value / size:.3g} {name}"
        return f"{value:.0f} ns"
    return f"{value:,.0f} {unit}"


def cell(row):
    if row is None:
        return ""
    result = row["result"]
    if row["theirs"]:
        text = f"{result['median']:.4g}"
        if result["number"] > 1:
            text += f" ({result['minimum']:.4g}–{result['maximum']:.4g})"
        return text + f", {result['number']}"
    return f"{amount(result['median'], row['unit'])}, {result['number']}"


def goal(row):
    if row["goal"] is None:
        return ""
    return f"≤ {row['goal']}" if row["theirs"] else f"≤ {amount(row['goal'], row['unit'])}"


def verdict(row):
    value, limit = row["result"]["median"], row["goal"]
    if limit is None:
        return ""
    if value <= limit:
        return "yes"
    return "no" if value <= (row.get("accepted") or limit) * TOLERANCE else "FAILED"


HEAD = ("name", "figure", "beside", "takes", "goal", "instructions", "time", "met")


def table(figures):
    lines = [HEAD]
    for rows in figures.values():
        row = best(rows)
        timed = rows.get("time") or rows.get("threads")
        lines.append((row["name"], row["what"], row["against"],
                      amount(statistics.median(row["ours"]), row["unit"]),
                      goal(row), cell(rows.get("instructions")), cell(timed), verdict(row)))
    return lines


def as_text(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip()
                     for line in lines)


def as_markdown(lines):
    def one(line):
        return "| " + " | ".join(line) + " |"

    return "\n".join([one(lines[0]), "|" + "---|" * len(HEAD), *map(one, lines[1:])])


def put_into(name, text):
    with open(name, encoding="utf-8") as file:
        before, rest = file.read().split("<!-- table -->\n")
    after = rest.split("<!-- end -->")[1]
    with open(name, "w", encoding="utf-8") as file:
        file.write(f"{before}<!-- table -->\n{text}\n<!-- end -->{after}")


def draw(figures, name):
    """Ratios beside their goals, by gnuplot."""
    rows = [best(rows) for rows in figures.values()]
    rows = [row for row in rows if row["theirs"] and row["goal"]]
    data = "".join(f'{i} {row["result"]["median"]} {row["result"]["minimum"]} '
                   f'{row["result"]["maximum"]} {row["goal"]} "{row["name"]}"\n'
                   for i, row in enumerate(rows))
    subprocess.run(["gnuplot"], check=True, text=True, input=f"""
        set terminal svg size 900,480 background "white"
        set output "{name}"
        set title "What gpuspec takes, beside what one would have without it"
        set logscale y
        set ylabel "ratio"
        set xtics rotate by -40
        set grid y
        $rows << EOT
{data}EOT
        plot [-0.6:{len(rows) - 0.4}] $rows using 1:2:3:4:xtic(6) with yerrorbars pt 7 lc "#2060a0" \\
             title "median, minimum and maximum", \\
             $rows using 1:5 with points pt 2 ps 1.5 lc "#c03030" title "goal"
        """)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json")
    parser.add_argument("--markdown")
    parser.add_argument("--plot")
    parser.add_argument("rows", nargs="+")
    options = parser.parse_args()
    figures = read(options.rows)
    lines = table(figures)
    print(as_text(lines))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([row for rows in figures.values() for row in rows.values()], file, indent=1)
    if options.markdown:
        put_into(options.markdown, as_markdown(lines))
    if options.plot:
        draw(figures, options.plot)
    sys.exit(any(line[-1] == "FAILED" for line in lines))


if __name__ == "__main__":
    main()
