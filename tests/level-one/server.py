#!/usr/bin/env python3
"""A task API server of level one, for use as a test double.

Written from docs/PROTOCOL.md alone, with nothing but Python 3.11's standard library. It knows the two calls
of level one, `poll` and `complete`; there is no pairing, no store and no second agent.

    python3 tests/level-one/server.py --listen 127.0.0.1:0 --token TOKEN [--hold-ms N]

stdout  first {"url":"http://127.0.0.1:PORT"}, then one line for each task when it is finished:
        {"task","status","task_output","effect"}
stdin   tasks, one a line: {"task":"<id>","task_type":"...","task_input":{...}}, queued in that order
stderr  complaints, by line number; never what a task says
It ends at SIGTERM, or when stdin is closed and every task is finished.

Where the page leaves a choice, this server
- offers by `state`, `accepts` and `held` alone: a kind that is not accepted, even an unknown one, stays in the queue;
- ignores `account` and `instance`: its tasks name no account, and without `pair` no instance owns the token;
- puts a `returned` task at the end of the queue;
- keeps the first result of a task, and answers any later `complete` of it with 200, whatever its body.
"""

import argparse
import hmac
import json
import os
import re
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

LONGEST_HOLD_MS = 25_000
TASK_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
COMPLETE_PATH = re.compile(r"/agent/v1/tasks/([^/]+)/complete")
ENDINGS = [signal.SIGTERM, signal.SIGINT]
STDOUT = threading.Lock()


def say(value):
    with STDOUT:
        print(json.dumps(value, separators=(",", ":")), flush=True)


def listed(value):
    return value if isinstance(value, list) else []


def milliseconds(value):
    return min(max(0, value), LONGEST_HOLD_MS) if isinstance(value, (int, float)) else 0


class Refused(Exception):
    def __init__(self, status, code, sentence):
        self.status, self.code, self.sentence = status, code, sentence


class Queue:
    """The tasks, and the rules of level one. Every method may be called from any thread."""

    def __init__(self, hold_ms):
        self.hold_ms = hold_ms
        self.changed = threading.Condition()
        self.unfinished = {}  # id -> task, in the order of the queue
        self.finished = {}  # id -> status
        self.offered = set()  # ids that were offered since they were last queued
        self.newest_poll = self.calls = 0  # calls: how many are being answered
        self.closing = False

    def add(self, task):
        """Queue a task; False if its id is known already."""
        with self.changed:
            new = task["task"] not in self.unfinished and task["task"] not in self.finished
            if new:
                self.unfinished[task["task"]] = task
                self.changed.notify_all()
            return new

    def poll(self, said):
        """Answer a poll: with the first task that suits it, or empty when its time is up or a newer poll came."""
        accepts = listed(said.get("accepts")) if said.get("state") == "ready" else []
        held = [entry.get("task") for entry in listed(said.get("held")) if isinstance(entry, dict)]
        hold = min(milliseconds(said.get("wait_ms")), self.hold_ms) / 1000
        with self.changed:
            self.newest_poll += 1
            mine = self.newest_poll
            self.changed.notify_all()  # sends the older poll home

            def over():
                return self.closing or mine != self.newest_poll

            self.changed.wait_for(lambda: over() or self.next_task(accepts, held), hold)
            task = None if over() else self.next_task(accepts, held)
            if task:
                self.offered.add(task["task"])
            return {"task": task}

    def next_task(self, accepts, held):
        """Rule 1: whatever is neither finished nor held is offered, however often it was offered before."""
        suiting = (t for t in self.unfinished.values() if t["task"] not in held and t["task_type"] in accepts)
        return next(suiting, None)

    def complete(self, name, said):
        status = said.get("status")
        with self.changed:
            if name in self.finished:  # rule 3
                return {"status": self.finished[name], "replayed": True}
            if name not in self.unfinished:
                raise Refused(404, "not_found", "There is no such task.")
            if status == "returned":  # rule 2
                if name in self.offered:  # otherwise it was put back already
                    self.offered.remove(name)
                    self.unfinished[name] = self.unfinished.pop(name)
                    self.changed.notify_all()
                return {"status": "queued", "replayed": False}
            if status not in ("completed", "failed"):
                raise Refused(422, "invalid_input", "The status must be completed, failed or returned.")
            del self.unfinished[name]
            self.finished[name] = status
            self.changed.notify_all()
        # without the lock: a reader of stdout that lags behind must not stop the polls
        say({"task": name, "status": status, "task_output": said.get("task_output"), "effect": said.get("effect")})
        return {"status": status, "replayed": False}

    def close(self, seconds):
        """Send open polls home, and wait until the calls that have begun are answered."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.calls == 0, timeout=seconds)

    def count(self, step):
        with self.changed:
            self.calls += step
            self.changed.notify_all()


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        self.server.queue.count(+1)
        try:
            self.answer(200, self.dispatch())
        except Refused as refusal:
            self.refuse(refusal)
        finally:
            self.server.queue.count(-1)

    def dispatch(self):
        body = self.body()  # first, so that the connection can be used again after a refusal
        offered = self.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(offered, f"Bearer {self.server.token}".encode("utf-8", "replace")):
            raise Refused(401, "unauthorised", "The agent token is missing or unknown.")
        path = self.path.split("?", 1)[0]
        if path == "/agent/v1/poll":
            return self.server.queue.poll(json_object(body))
        if match := COMPLETE_PATH.fullmatch(path):
            return self.server.queue.complete(unquote(match[1]), json_object(body))
        raise Refused(404, "not_found", "This server knows poll and complete only.")

    def body(self):
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,8}", length):
            self.close_connection = True
            raise Refused(411, "length_required", "A Content-Length of at most 8 digits is needed.")
        return self.rfile.read(int(length))

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response_only(status)  # without a Date: no wall-clock time crosses the wire
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code, message=None, explain=None):
        """http.server's own refusals, of another method say, in the protocol's form."""
        self.close_connection = True
        self.refuse(Refused(code, "bad_request", "The request is not understood."))

    def refuse(self, refusal):
        self.answer(refusal.status, {"success": False, "error": refusal.sentence, "code": refusal.code})

    def log_message(self, *_):
        pass


def json_object(body):
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refused(400, "bad_request", "The body must be a JSON object.")
    return value


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not issubclass(sys.exc_info()[0], ConnectionError):  # the agent may break a poll off
            print("a call ended with", sys.exc_info()[0].__name__, file=sys.stderr, flush=True)


def read_stdin(queue):
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip() and not queue_line(queue, line):
            print(f"stdin line {number}: not a task, or an id that was used before", file=sys.stderr, flush=True)
    with queue.changed:
        queue.changed.wait_for(lambda: not queue.unfinished)
    os.kill(os.getpid(), signal.SIGTERM)


def queue_line(queue, line):
    try:
        said = json_object(line)
    except Refused:
        return False
    task = {"task": said.get("task"), "task_type": said.get("task_type"), "task_input": said.get("task_input", {})}
    if not isinstance(task["task"], str) or not TASK_ID.fullmatch(task["task"]):
        return False
    return isinstance(task["task_type"], str) and isinstance(task["task_input"], dict) and queue.add(task)


def main():
    options = argparse.ArgumentParser(description="A task API server of level one, as a test double.")
    options.add_argument("--listen", required=True, metavar="127.0.0.1:PORT", help="port 0 lets the system choose")
    options.add_argument("--token", required=True, help="the agent token")
    options.add_argument("--hold-ms", type=int, default=LONGEST_HOLD_MS, help="hold a poll back no longer than this")
    given = options.parse_args()
    host, _, port = given.listen.rpartition(":")
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # before any thread starts; sigwait() below takes them
    server = Server((host, int(port)), Call)
    server.token, server.queue = given.token, Queue(max(0, given.hold_ms))
    say({"url": f"http://{host}:{server.server_address[1]}"})
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    threading.Thread(target=read_stdin, args=(server.queue,), daemon=True).start()
    signal.sigwait(ENDINGS)
    server.queue.close(seconds=2)
    os._exit(0)  # a thread may still be reading stdin, which an orderly exit would wait for


if __name__ == "__main__":
    main()
