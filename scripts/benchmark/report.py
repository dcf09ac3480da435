"""The results as text for people (Markdown, which a terminal shows as well) and as goals met or missed."""

from . import install

LIMITS = {
    "one": {"b": 0.60, "d": 1.05, "memory": 64},
    "many": {"b": 0.33, "d": 1.20, "memory": 260},
}
STATUS_MS, REPEAT_MS = 15, 50


def title_of(result):
    form = "one xz block" if result["blocks"] == "one" else "many xz blocks"
    return f"{result['archive']}, {result['size'] / (1 << 20):.0f} MiB, {form}"


def goals(result):
    """[(what, found, limit, unit)]: met where found ≤ limit."""
    limit, medians = LIMITS[result["blocks"]], result["medians"]
    return [
        ("install ÷ (b)", medians["e"] / medians["b"], limit["b"], ""),
        ("install ÷ (d)", medians["e"] / medians["d"], limit["d"], ""),
        ("peak memory, parent and child together", result["memory"], limit["memory"], " MiB"),
        ("`status`", result["status"] * 1000, STATUS_MS, " ms"),
        ("the same install again", result["repeat"] * 1000, REPEAT_MS, " ms"),
    ]


def number(value, unit):
    return f"{value:.2f}" if not unit else f"{value:.1f}{unit}"


def times_table(result):
    medians = result["medians"]
    yield "| | what | median | fastest | slowest | ÷ (b) | ÷ (d) |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for case, times in result["times"].items():
        yield (f"| {case} | {install.NAMES[case]} | {medians[case]:.2f} s | {min(times):.2f} s | {max(times):.2f} s "
               f"| {medians[case] / medians['b']:.2f} | {medians[case] / medians['d']:.2f} |")


def goals_table(result, judged):
    yield "| goal | found | at most | |"
    yield "|---|---:|---:|---|"
    for what, found, limit, unit in goals(result):
        verdict = ("met" if found <= limit else "**missed**") if judged else "not judged"
        yield f"| {what} | {number(found, unit)} | {limit}{unit} | {verdict} |"


def markdown(facts, results, rounds, judged):
    lines = ["# Installing by tar: how long, beside other ways", "",
             f"Medians of {rounds} interleaved rounds, archives in the page cache, everything that (b) and (e) leave "
             "is on the disk when they end."]
    if not judged:
        lines.append("The archive is a small demo payload, so the goals are shown but not judged.")
    lines += ["", "| machine | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())]
    for result in results:
        same = result["difference"] or "the same tree as the guide's commands: names, bytes, links, modes"
        lines += ["", f"## {title_of(result)}", "", *times_table(result), "", *goals_table(result, judged), "",
                  f"- Tree: {same}.",
                  f"- Memory is the peak of the summed PSS, looked at every 5 ms in a run of its own; the processes' "
                  f"own peaks (VmHWM), shared pages counted twice, add up to {result['memory_hwm']:.1f} MiB.",
                  f"- `verify`, every byte read again: {result['verify']:.2f} s.",
                  f"- `verify --load`, the same and every library opened: {result['load']:.2f} s."]
    return "\n".join(lines) + "\n"


def missed(results):
    found = [f"{result['blocks']}: {what}" for result in results for what, value, limit, _ in goals(result)
             if value > limit]
    return found
