"""What is lost when something goes wrong: the same kills, power cuts and starts for the tool and for other ways.

The measuring is done by the engine's tests (tests/engine: peers.py, power.py, starts.py); here it is put into one table.
"""

import os
import sys

ENGINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "engine")
# --every for kills, cuts of each way on its way, starts: a look of minutes, and the record.
EXTENTS = {"quick": (25, 4, 500), "whole": (1, 60, 10000)}
SAFE = ("old", "new")


def measure(tool, quick, progress):
    """[{name, kills, cuts, starts}], the tool first; what does not apply to a way is None."""
    os.environ["CUDNN_INSTALL"] = os.path.abspath(tool)  # read by rig when it is imported
    sys.path.insert(0, ENGINE)
    import disk, peers, power, rig, starts, ways  # noqa: E401
    every, cuts, count = EXTENTS["quick" if quick else "whole"]
    disk.need_programs(*power.FILE_SYSTEMS)
    disk.private_mounts()
    on_disk = {way.name.split(",")[0]: way for way in ways.every_way()}
    rows = []
    for name, peer in peers.PEERS.items():
        rig.need(peer.program)
        progress(f"{name}: kills")
        row = {"name": name, "kills": peers.kills(name, every)}
        progress(f"{name}: power cuts")
        if name == peers.Tool.name:
            totals, row["complaints"] = power.measure_tool(40 if quick else None)
            row["cuts"] = power.row_of_tool(totals)
        else:
            way = on_disk["the guide's commands" if name == peers.Guide.name else name]
            row["cuts"] = power.measure_way(way, cuts)
        progress(f"{name}: starts")
        row["starts"] = starts.measured(name, count)[0]
        progress(line_of(row))  # an hour's run that is cut off has told this much
        rows.append(row)
    for way in on_disk.values():
        way.close()
    rig.Archive.forget()
    return rows


def share(tally, words=SAFE):
    """Old or new, of all; leftovers beside them ("old+") count as safe here, and have a column of their own for kills."""
    good = sum(count for word, count in tally.items() if word.rstrip("+") in words)
    return f"{good} of {sum(tally.values())}"


def kill_cells(tally):
    def whole(moment):
        return sum(tally[f"{moment} {word}"] for word in SAFE)

    return [f"{whole('at once')} of {tally['kills']}", f"{whole('later')} of {tally['kills']}", str(tally["junk later"])]


def starts_cell(kinds):
    count = sum(kinds.values()) - kinds["changes"]
    return f"{kinds['mixed']} mixed, {kinds['torn']} torn of {count} ({kinds['changes']} changes)"


def line_of(row):
    cuts = row["cuts"]
    cells = [row["name"], *kill_cells(row["kills"]), share(cuts["fresh"], ("new",)), share(cuts["change"], ("new",)),
             share(cuts["midst"]), starts_cell(row["starts"])]
    return "| " + " | ".join(cells) + " |"


def markdown(facts, rows):
    heading = ["way", "kills: old or new at once", "after the next run", "leftovers then", "cut after success, fresh: new",
               "cut after success, change: new", "cut on the way: old or new", "starts in the midst"]
    lines = ["# What is lost when something goes wrong", "",
             "The change is from one build of 8.9.6 to another of equal names, on the demo payload. Kills: SIGKILL at the "
             "entry of the changing system calls; for the other ways the next run is the same command again, for the tool "
             "any changing command. Cuts: the file system (ext4 and XFS) is shut down without a flush.", "",
             "| machine | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items()), "",
             "| " + " | ".join(heading) + " |", "|---" * len(heading) + "|"]
    return "\n".join([*lines, *map(line_of, rows)]) + "\n"


def wrong(rows):
    """What the tool may not do, as lines."""
    row = rows[0]
    found = list(row["complaints"])
    if share(row["cuts"]["midst"]).split(" of ")[0] != str(sum(row["cuts"]["midst"].values())):
        found.append("a power cut left neither old nor new")
    if sum(row["kills"][f"later {word}"] for word in SAFE) != row["kills"]["kills"] or row["kills"]["junk later"]:
        found.append("a kill left neither old nor new, or leftovers")
    return found + [f"{row['starts'][kind]} starts were {kind}" for kind in ("mixed", "torn") if row["starts"][kind]]
