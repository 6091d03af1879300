"""A stand-in for the Docker engine: the few answers of its API that a lab needs, over a socket of its own.

Its containers are real where they can be (root): namespaces with this machine's root under an overlay, made with
util-linux's programs. Elsewhere they are names.
"""

from __future__ import annotations

import io
import json
import socketserver
import subprocess
import tarfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlparse

# Process 1 of a container: the machine's root under a layer in memory, then nothing to do.
INIT = """\
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs $1
mkdir $1/upper $1/work $1/root
mount -t overlay overlay -o lowerdir=/,upperdir=$1/upper,workdir=$1/work $1/root
mount -t proc proc $1/root/proc
mount -t sysfs sysfs $1/root/sys
mount -t tmpfs tmpfs $1/root/run
mount --rbind /dev $1/root/dev
mkdir $1/root/.old
for setting in $2; do printf %s ${setting#*=} >/proc/sys/$(echo ${setting%=*} | tr . /); done
hostname $3
cd $1/root
pivot_root . .old
umount -l /.old
echo ready
exec sleep 600 </dev/null >/dev/null 2>&1
"""
UNSHARE = ("unshare", "-m", "-n", "-u", "-p", "-f", "--kill-child")


class FakeEngine(socketserver.ThreadingUnixStreamServer):
    """`requests` are what was asked, `containers` what there is.

    `refuses` answers paths that begin so with 500; `ends` lets containers end as soon as they are started.
    """

    daemon_threads = True

    def __init__(self, path, folder, *, real):
        super().__init__(str(path), _Handler)
        self.folder, self.real = folder, real
        self.requests, self.containers, self.execs, self.refuses = [], {}, {}, ""
        self.images = ["govnet-node:1"]
        self.exit_code, self.ends = 0, False

    def answer(self, method, path, query, body):
        parts = path.strip("/").split("/")
        if self.refuses and path.startswith(self.refuses):
            return 500, {"message": "out of space"}
        if parts[0] == "exec":
            return self._exec(parts)
        if parts[1] == "json":
            return 200, self._listed(parts[0])
        if parts[1] == "create":
            self.containers[query["name"][0]] = {"body": json.loads(body), "process": None, "pid": 0, "files": {}}
            return 201, {"Id": query["name"][0]}
        if parts[1] not in self.containers:
            return 404, {"message": f"No such container: {parts[1]}"}
        return self._container(method, parts, self.containers[parts[1]], body)

    def _listed(self, what):
        if what == "images":
            return [{"RepoTags": self.images}, {"RepoTags": None}]
        states = {name: "running" if one["pid"] else "exited" for name, one in self.containers.items()}
        return [{"Names": [f"/{name}"], "State": state} for name, state in states.items()]

    def _container(self, method, parts, one, body):
        if method == "DELETE":
            self._end(self.containers.pop(parts[1]))
            return 204, None
        if parts[2] == "start":
            self._begin(parts[1], one)
            return 204, None
        if parts[2] == "archive":
            with tarfile.open(fileobj=io.BytesIO(body)) as archive:
                for entry in archive:
                    text = archive.extractfile(entry).read()
                    one["files"][entry.name] = text
                    if self.real:
                        Path(f"/proc/{one['pid']}/root/{entry.name}").write_bytes(text)
            return 200, None
        if parts[2] == "exec":
            self.execs[f"e{len(self.execs)}"] = {
                "pid": one["pid"],
                "argv": json.loads(body)["Cmd"],
                "code": self.exit_code,
            }
            return 201, {"Id": f"e{len(self.execs) - 1}"}
        return 200, {"State": {"Pid": one["pid"]}}

    def _exec(self, parts):
        one = self.execs[parts[1]]
        if parts[2] == "json":
            return 200, {"ExitCode": one["code"]}
        if not self.real:
            return 200, "nft: syntax error\r\n" if one["code"] else ""
        argv = ["nsenter", f"--target={one['pid']}", "-m", "-u", "-n", "-p", "--", *one["argv"]]
        log = self.folder / f"{parts[1]}.log"
        with log.open("wb") as output:  # what a daemon inherits must not keep the answer waiting
            done = subprocess.run(argv, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False, timeout=60)
        one["code"] = done.returncode
        return 200, log.read_text(errors="replace")

    def _begin(self, name, one):
        if self.ends:
            return
        if not self.real:
            one["pid"] = 4_000_000 + len(self.containers)
            return
        place = self.folder / name
        place.mkdir()
        settings = " ".join(f"{key}={value}" for key, value in one["body"]["HostConfig"]["Sysctls"].items())
        argv = [*UNSHARE, "sh", "-c", INIT, "init", str(place), settings, one["body"]["Hostname"]]
        one["process"] = subprocess.Popen(argv, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert one["process"].stdout.readline() == "ready\n"
        children = Path(f"/proc/{one['process'].pid}/task/{one['process'].pid}/children").read_text().split()
        one["pid"] = int(children[0])

    def _end(self, one):
        if one["process"] is not None:
            one["process"].kill()
            one["process"].wait()
            one["process"].stdout.close()

    def close(self):
        for one in self.containers.values():
            self._end(one)
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self):
        place = urlparse(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append((self.command, place.path))
        status, document = self.server.answer(self.command, place.path, parse_qs(place.query), body)
        text = (
            b""
            if document is None
            else document.encode()
            if isinstance(document, str)
            else json.dumps(document).encode()
        )
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server's names

    def address_string(self):
        return "unix"

    def log_message(self, *_arguments):
        pass


@contextmanager
def engine(folder, *, real=False):
    """A running engine; its socket is `folder`/s."""
    served = FakeEngine(folder / "s", folder, real=real)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield served
    finally:
        served.close()
        thread.join()
