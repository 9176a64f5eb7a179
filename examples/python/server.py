#!/usr/bin/env python3
"""A task API server of level one in Python's standard library, to read and to start from.

    AGENT_TOKEN=… API_KEY=… python3 server.py [--port 8788]

The extension polls it with AGENT_TOKEN; paste that into its options page. Your program sends API_KEY as a bearer token:
    POST /tasks        {"task_type":"agent_fetch_connections","task_input":{"count":40}} -> {"task":"<id>"}
    GET  /tasks/<id>   -> {"status":"pending"|"completed"|"failed","task_output":null|{...}}

Tasks are kept in memory: when the server ends they are gone. For more than a try, write them to a database before answering.
"""

import argparse, hmac, json, os, sys, threading, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONGEST_BODY = 4_000_000  # 500 connections may be 1 MB
tasks = {}  # id -> task, in the order of the queue
polls = 0  # the number of the newest poll
changed = threading.Condition()  # guards all of the above


class Refused(Exception):
    """An answer that is not 200: status, code, sentence."""


def poll(said):
    """Hold the poll back until there is something to do, for `wait_ms` at most. A newer poll sends it home."""
    global polls
    with changed:
        polls += 1
        mine = polls
        changed.notify_all()
        changed.wait_for(lambda: mine != polls or next_task(said), min(said.get("wait_ms", 0), 25_000) / 1000)
        task = next_task(said) if mine == polls else None
        return {"task": task and {name: task[name] for name in ("task", "task_type", "task_input")}}


def next_task(said):
    """The first task that is neither finished nor held by the agent, of a kind that it accepts now."""
    held = [entry["task"] for entry in said.get("held", [])]
    for task in tasks.values() if said.get("state") == "ready" else []:
        if task["status"] == "pending" and task["task_type"] in said["accepts"] and task["task"] not in held:
            return task


def complete(name, said):
    """Take a result. The first one stands; whatever comes later is answered 200 all the same."""
    with changed:
        task = tasks.get(name)
        if task is None:
            raise Refused(404, "not_found", "there is no such task")
        if task["status"] == "pending":
            if said["status"] in ("completed", "failed"):
                task.update(status=said["status"], task_output=said["task_output"])
            elif said["status"] == "returned":  # nothing of it was done: to the end of the queue
                tasks[name] = tasks.pop(name)
                changed.notify_all()
            else:
                raise Refused(422, "invalid_message", "the status is completed, failed or returned")
        return {"status": task["status"]}


def create(said):
    task = {"task": str(uuid.uuid4()), "task_type": said["task_type"], "task_input": said.get("task_input", {})}
    with changed:
        tasks[task["task"]] = {**task, "status": "pending", "task_output": None}
        changed.notify_all()
    return {"task": task["task"]}


def show(name):
    with changed:
        if name not in tasks:
            raise Refused(404, "not_found", "there is no such task")
        return {member: tasks[name][member] for member in ("status", "task_output")}


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes

    def do_GET(self):
        self.answer(lambda said: self.route("GET", said))

    def do_POST(self):
        self.answer(lambda said: self.route("POST", said))

    def route(self, method, said):
        match method, self.path.strip("/").split("/"):
            case "POST", ["agent", "v1", "poll"] if self.has("AGENT_TOKEN"):
                return poll(said)
            case "POST", ["agent", "v1", "tasks", name, "complete"] if self.has("AGENT_TOKEN"):
                return complete(name, said)
            case "POST", ["tasks"] if self.has("API_KEY"):
                return create(said)
            case "GET", ["tasks", name] if self.has("API_KEY"):
                return show(name)
        raise Refused(404, "not_found", "there is no such call")

    def has(self, secret):
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {os.environ[secret]}".encode()):
            raise Refused(401, "unauthorised", "the bearer token is missing or wrong")
        return True

    def answer(self, carry_out):
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length > LONGEST_BODY:
                self.close_connection = True  # the rest of the body is still on its way
                raise Refused(413, "too_large", "the body is too large")
            status, said = 200, carry_out(json.loads(self.rfile.read(length) or "{}"))
        except Refused as refused:
            status, code, sentence = refused.args
            said = {"success": False, "error": sentence, "code": code}
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
            status = 422  # not JSON, or not the members that this call has
            said = {"success": False, "error": "the body is not understood", "code": "invalid_message"}
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # paths and results are nobody's business
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # the agent breaks polls off
            super().handle_error(request, client_address)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A task API server of level one.")
    options.add_argument("--port", type=int, default=8788, help="0 lets the system choose")
    missing = [name for name in ("AGENT_TOKEN", "API_KEY") if not os.environ.get(name)]
    server = Server(("127.0.0.1", options.parse_args().port), Call)
    if missing or os.environ["AGENT_TOKEN"] == os.environ["API_KEY"]:
        options.error("set AGENT_TOKEN and API_KEY to two secrets of your own")
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
