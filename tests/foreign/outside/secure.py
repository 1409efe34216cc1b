#!/usr/bin/env python3
"""Reads the API over TLS: with the county's root as the only trust, under the name that is in every hub's certificate."""

import http.client
import json
import socket
import ssl
import sys

SERVER_NAME = "hub.xianglian.internal"


def trusting(root):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    if root:
        context.load_verify_locations(root)
    return context


def connect(address, context, name):
    host, port = address.rsplit(":", 1)
    return context.wrap_socket(socket.create_connection((host, int(port)), timeout=30), server_hostname=name)


def refused(address, context, name):
    try:
        connect(address, context, name).close()
    except ssl.SSLError:
        return True
    return False


def main() -> int:
    address, root, key = sys.argv[1:]
    assert refused(address, trusting(None), SERVER_NAME), "a stranger's certificate was taken"
    assert refused(address, trusting(root), "example.org"), "another name was taken"

    channel = connect(address, trusting(root), SERVER_NAME)
    assert channel.version() == "TLSv1.3" and channel.selected_alpn_protocol() == "http/1.1"
    connection = http.client.HTTPConnection(SERVER_NAME)
    connection.sock = channel
    for path, secret, status in [("/api/v1/nodes", key, 200), ("/api/v1/nodes", "", 401), ("/metrics", "", 401)]:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == status, (path, answer.status, body)

    host, port = address.rsplit(":", 1)
    plain = http.client.HTTPConnection(host, int(port), timeout=30)
    plain.request("GET", "/api/v1/openapi.json")
    try:
        plain.getresponse()
    except (http.client.HTTPException, OSError):
        return 0
    raise AssertionError("the door spoke without TLS")


if __name__ == "__main__":
    sys.exit(main())
