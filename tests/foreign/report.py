#!/usr/bin/env python3
"""A stranger's client of county-hub: reads health and a report with a reader's certificate.

Knows nothing of the hub but the files in proto/: the stubs are generated from them when it starts. Prints one JSON object.

    pip install -r requirements.txt
    python report.py --proto ../../proto --address 127.0.0.1:7443 --reader DATA/readers/statistics --from 2017-01-01 --to 2017-12-31

The folder given with --reader is the one that `county-hub reader add NAME` makes: ca.pem, cert.pem, key.pem.
"""

import argparse
import importlib
import json
import pathlib
import sys
import tempfile

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_tools import protoc

# The name in every hub's certificate, whatever its address is.
SERVER_NAME = "hub.xianglian.internal"
DEADLINE_SECONDS = 10


def main() -> int:
    options = parse()
    with tempfile.TemporaryDirectory() as stubs:
        report_pb2, report_pb2_grpc = generate(options.proto, stubs)
        with channel(options) as hub:
            print(json.dumps(read(hub, options, report_pb2, report_pb2_grpc), ensure_ascii=False, indent=2))
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--proto", required=True, help="the folder proto/ of the product")
    parser.add_argument("--address", required=True, help="host:port of the hub")
    parser.add_argument("--reader", required=True, type=pathlib.Path, help="folder with ca.pem, cert.pem and key.pem")
    parser.add_argument("--server-name", default=SERVER_NAME, help="name in the hub's certificate")
    parser.add_argument("--measure", action="append", default=[], help="id of a measure; all if none is given")
    parser.add_argument("--level", default="district", choices=["county", "district", "township"])
    parser.add_argument("--from", dest="first", default="", help="first day, 2017-01-01")
    parser.add_argument("--to", dest="last", default="", help="last day")
    parser.add_argument("--as-of", default="", help="day that overdue is judged on")
    parser.add_argument("--compare", default="", choices=["", "year", "previous"], help="beside an earlier period")
    parser.add_argument("--rank", default="", choices=["", "county", "district"], help="places of the townships")
    parser.add_argument("--drill", default="", help="also read the records that make the county's figure of this measure")
    parser.add_argument("--kind", type=int, default=0, help="also read the first records of this kind")
    return parser.parse_args()


def generate(proto: str, stubs: str):
    """Makes the Python classes of the report service from the .proto files."""
    files = [f"xianglian/v1/{name}.proto" for name in ("record", "report")]
    status = protoc.main(["protoc", f"--proto_path={proto}", f"--python_out={stubs}", f"--grpc_python_out={stubs}", *files])
    if status != 0:
        sys.exit(f"protoc refused {files}: status {status}")
    sys.path.insert(0, stubs)
    return importlib.import_module("xianglian.v1.report_pb2"), importlib.import_module("xianglian.v1.report_pb2_grpc")


def channel(options: argparse.Namespace) -> grpc.Channel:
    def pem(name: str) -> bytes:
        return (options.reader / name).read_bytes()

    credentials = grpc.ssl_channel_credentials(pem("ca.pem"), pem("key.pem"), pem("cert.pem"))
    return grpc.secure_channel(options.address, credentials, [("grpc.ssl_target_name_override", options.server_name)])


def read(hub: grpc.Channel, options: argparse.Namespace, report_pb2, report_pb2_grpc) -> dict:
    health = health_pb2_grpc.HealthStub(hub).Check(health_pb2.HealthCheckRequest(), timeout=DEADLINE_SECONDS)
    report = report_pb2_grpc.ReportStub(hub)
    tally = report.Tally(
        report_pb2.TallyRequest(
            measures=options.measure,
            level=options.level,
            to=options.last,
            as_of=options.as_of,
            compare=options.compare,
            rank=options.rank,
            **{"from": options.first},
        ),
        timeout=DEADLINE_SECONDS,
    )
    nodes = report.Nodes(report_pb2.NodesRequest(), timeout=DEADLINE_SECONDS)
    answer = {
        "health": health_pb2.HealthCheckResponse.ServingStatus.Name(health.status),
        "rows": [
            {"measure": row.measure, "unit": row.unit, "name": row.name, "split": row.split, "text": row.text}
            | ({"change": row.before.change} if options.compare else {})
            | ({"rank": row.rank, "unranked": row.unranked} if options.rank else {})
            for row in tally.rows
        ],
        "coverage": {
            "townships": tally.coverage.townships,
            "reporting": tally.coverage.reporting,
            "oldest": tally.coverage.oldest,
            "held": tally.coverage.held,
            "silent": list(tally.coverage.silent),
            "synced": tally.coverage.synced,
            "each": [{"township": one.township, "stale": one.stale, "partial": one.partial} for one in tally.coverage.each],
        },
        "nodes": [{"township": node.township, "name": node.name, "status": node.status} for node in nodes.nodes],
    }
    if options.drill:
        period = f"{options.first}..{options.last}"
        drilled = report.Drill(report_pb2.DrillRequest(measure=options.drill, period=period), timeout=DEADLINE_SECONDS)
        answer["drill"] = {"text": drilled.text, "records": [[item.record, item.amount] for item in drilled.items]}
    if options.kind:
        records = report.Records(report_pb2.RecordsRequest(kind=options.kind, limit=100), timeout=DEADLINE_SECONDS)
        answer["records"] = [{"id": record.id.hex(), "stream": record.stream, "rev": record.rev} for record in records.records]
    return answer


if __name__ == "__main__":
    sys.exit(main())
