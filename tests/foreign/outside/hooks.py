"""What a schema of single parameters cannot say, for schemathesis: a request whose every parameter is well formed may still
be refused because of two of them together, or because a mark of a page was never given. Nothing else is excused.
"""

import datetime
import os
import zlib
from urllib.parse import parse_qs, urlsplit

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

NIGHTS_MAX = 3660

# What the catalogue knows, by the name of the parameter; what is made up is known to nobody.
KNOWN = {
    "kind": os.environ.get("XIANGLIAN_KINDS", "").split(","),
    "measure": os.environ.get("XIANGLIAN_MEASURES", "").split(","),
    "measures": os.environ.get("XIANGLIAN_MEASURES", "").split(","),
}


@schemathesis.hook
def map_case(context, case):
    """Half of the well-formed requests ask for something that there is, from the first page on."""
    if case.meta is None or not case.meta.generation.mode.is_positive or not case.query:
        return case
    chance = zlib.crc32(repr(sorted(case.query.items())).encode())
    if chance % 2 == 0:
        for name, known in KNOWN.items():
            if name in case.query:
                case.query[name] = known[chance // 2 % len(known)]
        case.query.pop("after", None)
    return case


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    url = urlsplit(response.request.url)
    query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
    return not together(url.path.rsplit("/", 1)[-1], query, response.request.headers)


def together(operation, query, headers):
    """Whether the parameters are refused for what they are together."""
    first, last = day(query.get("from")), day(query.get("to"))
    period = query.get("period")
    rules = [
        # A mark comes from the page before; one that was made up leads nowhere.
        "after" in query,
        # One key is enough.
        "key" in query and "Authorization" in headers,
        period is not None and (first is not None or last is not None),
        first is not None and last is not None and last < first,
        operation == "drill" and "township" in query and "district" in query,
        operation == "tally" and "rank" in query and query.get("level") != "township",
        # Only a period of the calendar that has begun and is not the first of all has an earlier one in any case.
        "compare" in query and not begun(period, query.get("as_of")),
        operation == "nodes" and too_many_nights(first, last),
    ]
    return any(rules)


def begun(period, as_of):
    """Whether a period is one of the calendar, of a year before that of the day of judgement and after the first."""
    judged = int(as_of[:4]) if as_of else datetime.date.today().year
    return bool(period) and period[:4].isdigit() and 1901 < int(period[:4]) < judged


def day(text):
    return datetime.date.fromisoformat(text) if text else None


def too_many_nights(first, last):
    """From the first night to the last one, or to the one that is over now."""
    if first is None:
        return False
    last = last or datetime.date.today()
    # Years that the product does not know are pinned to the ends of those that it does.
    known = [min(max(night, datetime.date(1900, 1, 1)), datetime.date(2200, 12, 31)) for night in (first, last)]
    return known[1] < known[0] or (known[1] - known[0]).days >= NIGHTS_MAX - 1
