"""Runs moto's server for the drill: corrected (moto_corrections.py), one request at a time, on a free loopback port.

    python moto_launcher.py PORT_FILE

Writes the port it listens on to PORT_FILE. Ends when its standard input closes, which it does when its owner dies.
Two addresses of its own: /firedoor/health, and /firedoor/iam, the IAM state of all accounts as one consistent JSON.
"""

import json
import os
import sys
import threading
from collections.abc import Iterable
from typing import Any

from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

import moto_corrections


class QuietHandler(MotoRequestHandler):
    """Keeps connections, and writes no line for each request."""

    protocol_version = "HTTP/1.1"
    # Header and body go out in two writes: with Nagle's algorithm each reply would wait 40 ms for an acknowledgement.
    disable_nagle_algorithm = True

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


class Application:
    """moto, one request at a time: its backends hold no locks of their own ("not designed for multithreaded access")."""

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/firedoor/health":
            return answer(start_response, "200 OK", b"ok")
        with self.lock:
            if path == "/firedoor/iam":
                return answer(start_response, "200 OK", json.dumps(iam_state()).encode())
            return self.ask_moto(environ, start_response)

    def ask_moto(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            reply = self.moto(environ, start_response)
            try:
                return list(reply)
            finally:
                getattr(reply, "close", lambda: None)()
        except NotImplementedError as error:
            return answer(start_response, "501 Not Implemented", str(error).encode())


def answer(start_response: Any, status: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def iam_state() -> dict[str, Any]:
    """Users with their keys, roles with their trust, and the policy documents that count for each, by ARN."""
    users, roles, managed = [], [], {}
    for account in list(iam_backends.values()):
        backend = account["aws"]
        for user in backend.users.values():
            holders = [user, *backend.get_groups_for_user(user.name)]
            users.append(
                {
                    "arn": user.arn,
                    "id": user.id,
                    "keys": [{"id": key.access_key_id, "status": key.status} for key in user.access_keys],
                    **policies_of(holders, managed),
                }
            )
        for role in backend.roles.values():
            trust = role.assume_role_policy_document
            roles.append({"arn": role.arn, "id": role.id, "trust": trust, **policies_of([role], managed)})
    return {"users": users, "roles": roles, "managed": managed}


def policies_of(holders: list[Any], managed: dict[str, str]) -> dict[str, Any]:
    attached = [policy for holder in holders for policy in holder.managed_policies.values()]
    for policy in attached:
        versions = {version.version_id: version.document for version in policy.versions}
        managed[policy.arn] = versions[policy.default_version_id]
    return {
        "inline": [document for holder in holders for document in holder.policies.values()],
        "attached": [policy.arn for policy in attached],
    }


def end_with_owner() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    moto_corrections.apply_all()
    threading.Thread(target=end_with_owner, daemon=True).start()
    server = make_server("127.0.0.1", 0, Application(), threaded=True, request_handler=QuietHandler)
    port_file = sys.argv[1]
    with open(port_file + ".part", "w", encoding="ascii") as file:
        file.write(str(server.port))
    os.rename(port_file + ".part", port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
