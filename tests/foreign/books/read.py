"""Reads workbooks that the programs have written, as a program that nobody here wrote sees them.

read.py ledger XLSX CSV   the ledger says what the same ledger in CSV says, cell by cell, and is set up as offices want it
read.py form XLSX         the form can be filled in: choices, days, explanations
read.py figures XLSX      no formula but the checks, and each of them holds
"""

import csv
import datetime
import decimal
import sys

from openpyxl import load_workbook

MARKS = "=+-@＝＋－＠\t\r\n"


def plain(text):
    """Undoes what keeps a text from becoming a formula."""
    rest = text[1:] if text.startswith("'") else None
    if rest is not None and rest.lstrip("'")[:1] and rest.lstrip("'")[0] in MARKS:
        return rest
    return text


def shown(cell):
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        assert cell.is_date, cell.coordinate
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, (int, float)):
        return value
    return plain(value)


def same(ours, theirs):
    if isinstance(ours, (int, float)):
        return decimal.Decimal(str(ours)) == decimal.Decimal(theirs)
    return ours == plain(theirs)


def paper(sheet, head):
    assert sheet.page_setup.orientation == "landscape", sheet.page_setup.orientation
    assert str(sheet.page_setup.paperSize) == "9", sheet.page_setup.paperSize
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0, "as many pages high as it takes"
    assert sheet.print_title_rows == f"${head}:${head}", sheet.print_title_rows
    assert "&P" in sheet.oddFooter.center.text and "&N" in sheet.oddFooter.center.text
    assert int(sheet.freeze_panes.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == head + 1, sheet.freeze_panes


def ledger(book_path, csv_path):
    book = load_workbook(book_path)
    with open(csv_path, encoding="utf-8-sig", newline="") as file:
        raw = file.read()
    assert raw.count("\r\n") >= raw.count("\n") - raw.count('"'), "lines end as office programs end them"
    rows = list(csv.reader(raw.splitlines(keepends=True)))
    sheet = book.worksheets[0]
    head = 3
    assert sheet["A1"].value and sheet["A2"].value, "a title, and what it is of"
    paper(sheet, head)
    assert sheet.auto_filter.ref.startswith(f"A{head}:"), sheet.auto_filter.ref
    assert all(cell.font.bold and cell.fill.fgColor.rgb for cell in sheet[head])
    assert sheet.max_row == head + len(rows) - 1, (sheet.max_row, len(rows))
    days = numbers = 0
    for row, theirs in zip(sheet.iter_rows(min_row=head), rows):
        assert len(row) == len(theirs)
        for cell, their in zip(row, theirs):
            assert cell.data_type != "f", f"{cell.coordinate} is a formula"
            ours = shown(cell)
            assert same(ours, their), f"{cell.coordinate}: {ours!r} is not {their!r}"
            days += cell.is_date
            numbers += isinstance(cell.value, (int, float)) and not cell.is_date
    for child in book.worksheets[1:]:
        paper(child, head)
        assert all(cell.data_type != "f" for row in child.iter_rows() for cell in row)
    print(f"rows={len(rows) - 1} columns={len(rows[0])} days={days} numbers={numbers} sheets={len(book.worksheets)}")


def form(book_path):
    book = load_workbook(book_path)
    main, said, *hidden = book.worksheets
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "visible"] + ["hidden"] * len(hidden)
    heads = [cell.value for cell in main[3]]
    assert main.max_row == 3, "no row is filled in"
    required = [head for head in heads if "＊" in head]
    kinds = [rule.type for rule in main.data_validations.dataValidation]
    explained = [row[0].value for row in said.iter_rows(min_row=4)]
    assert [head.rstrip("🔒").rstrip("＊") for head in heads] == explained
    for rule in main.data_validations.dataValidation:
        if rule.type != "list" or rule.formula1.startswith('"'):
            continue
        name, area = rule.formula1.split("!")
        choices = [cell.value for row in book[name.strip("'")][area.replace("$", "")] for cell in row]
        assert len(choices) > 1 and all(choices), rule.formula1
    print(f"columns={len(heads)} required={len(required)} lists={kinds.count('list')} dates={kinds.count('date')}")


def figures(book_path):
    formulas, results = load_workbook(book_path), load_workbook(book_path, data_only=True)
    checks = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                assert cell.value.startswith("=IF(ROUND(SUM("), cell.value
                assert results[sheet.title][cell.coordinate].value in ("相符", "holds"), cell.coordinate
                # The formula says the same when it is worked out from the cells that it names.
                parts, rest = cell.value.removeprefix("=IF(ROUND(SUM(").split(")-", 1)
                whole = rest.split(",", 1)[0]
                of = lambda name: results[sheet.title][name].value or 0
                assert abs(sum(of(part) for part in parts.split(",")) - of(whole)) < 1e-6, cell.coordinate
                checks += 1
    paper(formulas.worksheets[0], next(r for r in range(1, 9) if formulas.worksheets[0].cell(r, 1).value == "片"))
    print(f"sheets={','.join(formulas.sheetnames)} checks={checks}")


{"ledger": ledger, "form": form, "figures": figures}[sys.argv[1]](*sys.argv[2:])
