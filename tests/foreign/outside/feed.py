#!/usr/bin/env python3
"""Reads a calendar feed with the package icalendar and prints its events as JSON; complains of what RFC 5545 does not allow."""

import datetime
import json
import sys
import urllib.request

from icalendar import Calendar


def main() -> int:
    with urllib.request.urlopen(sys.argv[1], timeout=30) as answer:
        assert answer.headers.get_content_type() == "text/calendar", answer.headers
        data = answer.read()
    lines = data.split(b"\r\n")
    assert lines[-1] == b"", "the last line has its end"
    for line in lines:
        assert len(line) <= 75 and b"\n" not in line and b"\r" not in line, line
        line.decode("utf-8")
    calendar = Calendar.from_ical(data)
    assert not calendar.errors, calendar.errors
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
    events, uids = [], set()
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        start, end, stamp = event.decoded("DTSTART"), event.decoded("DTEND"), event.decoded("DTSTAMP")
        assert type(start) is datetime.date and type(end) is datetime.date and end > start, event
        assert stamp.tzinfo is not None, event
        assert event["UID"] not in uids, event
        assert int(event["SEQUENCE"]) >= 1, event
        uids.add(event["UID"])
        summary, status = str(event["SUMMARY"]), str(event["STATUS"])
        events.append({"start": str(start), "end": str(end), "summary": summary, "status": status})
    json.dump(events, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
