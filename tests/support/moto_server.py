"""Serves moto on two free loopback ports, prints them, and ends with the test that started it.

Behind the second port is the same moto, but for some operations that it does not know there: it
answers them as it answers what it really lacks, with a page of HTML.
"""

import os
import sys
import threading
from io import BytesIO

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

LACKING = [part.encode() for part in sys.argv[1:]]


def end_with_parent() -> None:
    # The test never writes; the pipe closes when it ends, however it ends.
    sys.stdin.buffer.read()
    os._exit(0)


class Lacking:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        # Operations are named in the query (S3), the body (IAM, EC2) or a header (the others).
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        named = b"\n".join(
            [
                f"{environ['REQUEST_METHOD']} ?{environ['QUERY_STRING']}".encode(),
                environ.get("HTTP_X_AMZ_TARGET", "").encode(),
                body,
            ]
        )
        if any(part in named for part in LACKING):
            start_response("404 NOT FOUND", [("Content-Type", "text/html")])
            return [b"<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"]
        return self.application(environ, start_response)


threading.Thread(target=end_with_parent, daemon=True).start()
whole = DomainDispatcherApplication(create_backend_app)
servers = [
    make_server("127.0.0.1", 0, application, threaded=True)
    for application in (whole, Lacking(whole))
]
print(*(server.port for server in servers), flush=True)
# Nobody reads on, and moto says a word of each operation that it lacks.
sys.stdout = open(os.devnull, "w")
threading.Thread(target=servers[1].serve_forever, daemon=True).start()
servers[0].serve_forever()
