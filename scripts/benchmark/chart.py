"""The medians as bars, written by hand: one group an archive, fastest to slowest run as a thin line."""

from . import install, report

WIDTH, LEFT, RIGHT, ROW, BAR = 820, 320, 90, 26, 16


def _text(x, y, text, style=""):
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<text x="{x:.1f}" y="{y:.1f}"{style}>{safe}</text>'


def _bar(y, case, times, median, scale):
    ours = case == "e"
    middle = y + BAR / 2
    line = f'<line x1="{LEFT + min(times) * scale:.1f}" x2="{LEFT + max(times) * scale:.1f}" y1="{middle:.1f}" ' \
           f'y2="{middle:.1f}" stroke="#333" stroke-width="1.5"/>'
    weight = ' font-weight="bold"' if ours else ""
    return [_text(LEFT - 8, middle + 4.5, install.NAMES[case], f' text-anchor="end"{weight}'),
            f'<rect x="{LEFT}" y="{y}" width="{max(median * scale, 1):.1f}" height="{BAR}" '
            f'fill="{"#4c9a2a" if ours else "#9aa5b1"}"/>', line,
            _text(LEFT + max(max(times), median) * scale + 6, middle + 4.5, f"{median:.2f} s", weight)]


def svg(results, rounds):
    longest = max(max(times) for result in results for times in result["times"].values())
    scale = (WIDTH - LEFT - RIGHT) / longest
    body, y = [_text(16, 28, f"Seconds to install, medians of {rounds} rounds; less is better",
                     ' font-size="16" font-weight="bold"')], 48
    for result in results:
        y += 18
        body.append(_text(16, y, report.title_of(result), ' fill="#444"'))
        y += 12
        for case, times in result["times"].items():
            body += _bar(y, case, times, result["medians"][case], scale)
            y += ROW
        y += 8
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 8}" width="{WIDTH}" height="{y + 8}" '
        'font-family="sans-serif" font-size="13" role="img" aria-label="Bar chart of install times">',
        f'<rect width="{WIDTH}" height="{y + 8}" fill="#fff"/>', *body, "</svg>", ""])
