"""Writes the rows of a CSV as a workbook with openpyxl's fastest way (write-only) and prints the seconds that took.

speed.py CSV XLSX ROUNDS

Reading the CSV does not count. Days become real days and whole numbers numbers, as in the workbook beside which this
one is measured; cells have no borders, which spares openpyxl some work.
"""

import csv
import datetime
import re
import sys
import time

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")


def value(text):
    if DAY.match(text):
        return datetime.date.fromisoformat(text)
    if text.isdigit() and len(text) < 10:
        return int(text)
    return text or None


def write(rows, path):
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in rows:
        cells = []
        for cell in row:
            if isinstance(cell, datetime.date):
                day = WriteOnlyCell(sheet, value=cell)
                day.number_format = 'yyyy"年"m"月"d"日"'
                cells.append(day)
            else:
                cells.append(cell)
        sheet.append(cells)
    book.save(path)


def main():
    source, target, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(source, encoding="utf-8-sig", newline="") as file:
        rows = [[value(cell) for cell in row] for row in csv.reader(file)]
    for _ in range(rounds):
        begun = time.perf_counter()
        write(rows, target)
        print(time.perf_counter() - begun, flush=True)


main()
