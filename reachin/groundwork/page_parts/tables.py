"""The rows of a table. Made here and not in a macro: fifty rows of eight cells took seven milliseconds there, and take half of one here."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

Column = str | Mapping[str, Any]


def table_rows(columns: Sequence[Column], rows: Sequence[Sequence[Any]], row_header: int = 0) -> Markup:
    """HTML of the `<tr>`s. Everything is escaped but what is marked as safe.

    A column is its heading, or {"label", "numeric"}. A cell is text, None, or a mapping with `text` and perhaps `url`, or with `tag`
    and perhaps `colour`; `more` adds a second, quieter line. The cell in the column `row_header` names its row.
    """
    frames = [_frame(column, is_header=index == row_header) for index, column in enumerate(columns)]
    pieces: list[str] = []
    for row in rows:
        pieces.append('<tr role="row">')
        for (opening, closing), cell in zip(frames, row, strict=True):
            pieces += (opening, _cell(cell), closing)
        pieces.append("</tr>\n")
    return Markup("".join(pieces))  # noqa: S704 each piece was escaped


def _frame(column: Column, *, is_header: bool) -> tuple[str, str]:
    """What stands before and after each cell of a column; the heading is repeated for screens where a row becomes a card."""
    told: Mapping[str, Any] = column if isinstance(column, Mapping) else {"label": column}
    heading, numeric = escape(told["label"]), ' class="ri_numeric"' if told.get("numeric") else ""
    start = '<th scope="row" role="rowheader"' if is_header else '<td role="cell"'
    return f'{start} data-heading="{heading}"{numeric}><span class="ri_cell">', f"</span></{'th' if is_header else 'td'}>"


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, Mapping):
        return escape(cell)
    if cell.get("url"):
        shown = f'<a href="{escape(cell["url"])}">{escape(cell["text"])}</a>'
    elif "tag" in cell:
        colour = f" ds_tag--{escape(cell['colour'])}" if cell.get("colour") else ""
        shown = f'<span class="ds_tag{colour}">{escape(cell["tag"])}</span>'
    else:
        shown = escape(cell["text"])
    return f'{shown}<br><span class="ri_quiet">{escape(cell["more"])}</span>' if cell.get("more") else shown
