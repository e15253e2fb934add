"""From what was found to docs/benchmarks.md and its pictures; results are kept as JSON."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Findings, Goal, Plot, Row, Table

PAGE = "benchmarks.md"
HEAD = """# Benchmarks

Greenlight beside its baselines: one command (`make bench`, or `make bench ARGS=--quick`), one machine,
rounds interleaved, medians of the rounds. Ratios are medians of per-round ratios. **Absolute times belong to
the machine that made them; ratios travel.** No test asserts any of these figures.

- *bolt*: Bolt for Python (`AsyncApp`) as its documentation shows it, slack_sdk opening a session per call,
  four Redis commands in turn (`benchmarks/baselines/bolt.py`).
- *bolt, best switches*: the same with `process_before_response`, one shared session and tasks of its own.
- *floor*: no framework at all, one warm pooled session, one script (`benchmarks/baselines/lean.py`).
- *greenlight*: the unchanged bot, `python -m bot run`, with everything it does.

Slack is a local server with TLS that answers at once; where it says so, it is 30 ms away (a relay holds
every byte for 15 ms each way and a new connection for one more round trip). Redis is Valkey with its
append-only file, on the second core. CPU is the scheduler's count of the process. Node's Bolt was not at
hand and is not compared.
"""


def keep(folder: Path, name: str, found: Findings) -> None:
    """Remember one scenario's results."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks").mkdir(exist_ok=True)
    (folder / "benchmarks" / f"{name}.json").write_text(
        _rounded(found).model_dump_json() + "\n", encoding="utf-8"
    )


def _rounded(found: Findings) -> Findings:
    for table in found.tables:
        for row in table.rows:
            row.values = {name: [float(f"{v:.4g}") for v in values] for name, values in row.values.items()}
    return found


def write(folder: Path, names: list[str]) -> None:
    """Write the page and its pictures from everything that is remembered."""
    everything = {name: _read(folder / "benchmarks" / f"{name}.json") for name in names}
    found = {name: one for name, one in everything.items() if one}
    images = folder / "images"
    images.mkdir(exist_ok=True)
    parts = [HEAD, _noise(found), _goals(found), _missed(found)]
    for one in found.values():
        parts += [_table(table) for table in one.tables]
        for plot in one.plots:
            draw(plot, images / f"bench-{plot.name}.svg")
            parts.append(f"![{plot.title}](images/bench-{plot.name}.svg)\n")
    tried = folder / "benchmarks" / "tried.md"
    if tried.exists():
        parts.append(tried.read_text(encoding="utf-8"))
    (folder / PAGE).write_text("\n".join(parts), encoding="utf-8")


def _read(path: Path) -> Findings | None:
    return Findings.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None


def _noise(found: dict[str, Findings]) -> str:
    machines = sorted({one.machine.split(", load")[0] for one in found.values()})
    loads = [one.machine.split("load ")[1].split()[0] for one in found.values() if "load " in one.machine]
    quick = [name for name, one in found.items() if one.quick]
    rough = f" Rough (`--quick`, two or three rounds): {', '.join(quick)}." if quick else ""
    return (
        f"Machine: {'; '.join(machines)}; load average at the start of the scenarios {min(loads)} to "
        f"{max(loads)}: it "
        f"may be shared with others; the spread of the rounds is in brackets.{rough}\n"
    )


def _goals(found: dict[str, Findings]) -> str:
    goals = [goal for one in found.values() for goal in one.goals]
    met = sum(goal.met for goal in goals)
    rough = {id(goal) for one in found.values() if one.quick for goal in one.goals}
    lines = [f"## Goals: {met} of {len(goals)} met\n", "| goal | asked | measured | |", "|---|---|---|---|"]
    for goal in _sorted(goals):
        measured = goal.measured + (" (rough)" if id(goal) in rough else "")
        lines.append(f"| {goal.row} | {goal.asked} | {measured} | {'met' if goal.met else '**not met**'} |")
    return "\n".join(lines) + "\n"


def _sorted(goals: list[Goal]) -> list[Goal]:
    return sorted(goals, key=lambda goal: [float(part) for part in goal.row.split(".")])


def _missed(found: dict[str, Findings]) -> str:
    missed = [goal for one in found.values() for goal in one.goals if not goal.met and goal.why]
    lines = [f"- *{goal.asked}*: {goal.why}." for goal in _sorted(missed)]
    return "\n".join(["### What stands in the way\n", *lines]) + "\n" if lines else ""


def _table(table: Table) -> str:
    names = list(dict.fromkeys(name for row in table.rows for name in row.values))
    lines = [f"## {table.title}\n", f"{table.note}\n"]
    lines += ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for row in table.rows:
        lines.append(f"| {row.what} ({row.unit}) | " + " | ".join(_cell(row, name) for name in names) + " |")
    return "\n".join(lines) + "\n"


def _cell(row: Row, name: str) -> str:
    values = row.values.get(name)
    if not values:
        return ""
    if len(values) == 1:
        return _number(values[0])
    return f"{_number(row.middle(name))} [{_number(min(values))}-{_number(max(values))}]"


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def said(name: str, found: Findings, seconds: float) -> str:
    """The same for the terminal."""
    lines = [f"== {name} ({seconds:.0f} s)"]
    for table in found.tables:
        for row in table.rows:
            figures = "  ".join(f"{one} {_cell(row, one)}" for one in row.values)
            lines.append(f"   {row.what} ({row.unit}): {figures}")
    lines += [
        f"   {'met    ' if g.met else 'NOT MET'} {g.row:5} {g.asked}: {g.measured}" for g in found.goals
    ]
    return "\n".join(lines)


def draw(plot: Plot, path: Path) -> None:
    """One picture as SVG, the same bytes for the same figures."""
    import matplotlib as mpl  # noqa: PLC0415  # slow to import, needed at the end only

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.rcParams["svg.hashsalt"] = "greenlight"
    figure, axes = plt.subplots(figsize=(8, 3.6))
    if plot.kind == "bars":
        _bars(axes, plot)
    else:
        for line in plot.lines:
            axes.plot(line.x, line.y, label=line.label, linewidth=1.6)
    axes.set(title=plot.title, xlabel=plot.x_label, ylabel=plot.y_label)
    if plot.log:
        axes.set_xscale("log") if plot.kind != "bars" else axes.set_yscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    if len(plot.lines) > 1 or plot.kind != "bars":
        axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)


def _bars(axes: object, plot: Plot) -> None:
    width = 0.8 / len(plot.lines)
    for number, line in enumerate(plot.lines):
        places = [i + (number - (len(plot.lines) - 1) / 2) * width for i in range(len(line.x))]
        drawn = axes.bar(places, line.y, width, label=line.label)  # type: ignore[attr-defined]
        axes.bar_label(drawn, fmt="{:.3g}", fontsize=8)  # type: ignore[attr-defined]
    names = [str(name) for name in plot.lines[0].x]
    axes.set_xticks(range(len(names)), names)  # type: ignore[attr-defined]
