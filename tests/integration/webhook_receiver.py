"""A receiver of webhooks over HTTPS that does what a test tells it."""

import http.server
import json
import os
import socket
import ssl
import threading

import running

LATER = "later"


class Receiver:
    """Keeps what it is sent. `answer(request)` says what to answer: a status, (status, headers), None to say nothing and
    close once `released` is set, or LATER to accept it once that is set."""

    def __init__(self, sandbox):
        self.lock = threading.Lock()
        self.requests = []
        self.connections = set()
        self.answer = lambda request: 204
        self.released = threading.Event()
        self.port = running.free_port()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = os.path.dirname(sandbox.ca_file)
        self.context.load_cert_chain(os.path.join(folder, "server.pem"), os.path.join(folder, "server-key.pem"))
        self.server = None

    def start(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                self.request = receiver.context.wrap_socket(self.request, server_side=True)
                with receiver.lock:
                    receiver.connections.add(self.request)
                super().setup()

            def finish(self):
                with receiver.lock:
                    receiver.connections.discard(self.request)
                try:
                    super().finish()
                finally:
                    self.request.close()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = {"path": self.path, "headers": self.headers, "body": body, "event": json.loads(body)}
                with receiver.lock:
                    request["number"] = len(receiver.requests)
                    receiver.requests.append(request)
                    answer = receiver.answer(request)
                    request["answer"] = answer
                if answer is None:
                    receiver.released.wait(running.WAIT_S)
                    self.close_connection = True
                    return
                if answer is LATER:
                    receiver.released.wait(running.WAIT_S)
                    answer = 204
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self):
        """As if it were killed: open connections break."""
        if self.server is None:
            return
        self.server.shutdown()
        self.server.server_close()
        self.server = None
        with self.lock:
            for connection in self.connections:
                try:
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
                except OSError:
                    pass  # it is closed already

    def behave(self, answer):
        with self.lock:
            self.answer = answer

    def seen(self, path="/hook", accepted=True):
        """What came; accepted: only what was answered with success."""
        with self.lock:
            return [
                one for one in self.requests
                if one["path"] == path and (not accepted or one["answer"] in (200, 204, LATER))
            ]

    def ids(self, path="/hook", accepted=True):
        return [one["headers"]["webhook-id"] for one in self.seen(path, accepted)]
