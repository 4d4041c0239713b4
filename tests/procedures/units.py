"""systemd, as far as the procedures need it, on a machine without it: services are run as their unit files say.

Read are the files themselves, those of docs/operations.md and those of Debian's packages: the program, its user, its
environment. What confines a service (ProtectSystem and the like) is not done; `systemd-analyze verify` reads it, where
it is there.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

UNITS = (Path("/etc/systemd/system"), Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))
STATE = Path("/run/procedures")  # who runs, and what it says
PATIENCE = 60.0  # seconds for a program to stop that says nothing of it


class UnitError(Exception):
    """A service did not do what it should, or its file says what systemd cannot take."""


class Unit:
    """A service of a name such as `nginx` or `photolens@8001`."""

    def __init__(self, name: str) -> None:
        self.name = name.removesuffix(".service")
        prefix, at, instance = self.name.partition("@")
        file = next(f for folder in UNITS if (f := folder / f"{prefix}{at}.service").exists())
        self._lines = [line.strip().partition("=") for line in file.read_text().replace("\\\n", " ").splitlines()]
        self._specifiers = {"%i": instance, "%I": instance.replace("-", "/"), "%%": "%"}
        self._pid_file = STATE / f"{self.name}.pid"

    def start(self) -> None:
        """Start it, unless it runs: to the end, where it is of that kind."""
        if self._pid is not None:
            return
        for command in self._all("ExecStartPre"):
            self._run(command)
        if self._one("Type") in ("forking", "oneshot"):
            for command in self._all("ExecStart"):
                self._run(command)
            return
        [command] = self._all("ExecStart")
        with (STATE / f"{self.name}.log").open("a") as log:
            process = subprocess.Popen(
                self._words(command), env=self._environment(), cwd=self._folder(), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self._pid_file.write_text(str(process.pid))

    def stop(self) -> None:
        """Stop it, and wait for its end; what does not end in its time is killed, and that is a fault here."""
        for command in self._all("ExecStop"):
            self._run(command)
        pid = self._pid
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        ends_at = time.monotonic() + float(self._one("TimeoutStopSec") or PATIENCE)
        while self._pid is not None:
            if time.monotonic() > ends_at:
                os.killpg(pid, signal.SIGKILL)
                raise UnitError(f"{self.name} did not stop by itself.")
            time.sleep(0.05)

    def reload(self) -> None:
        """Have it read its configuration again."""
        for command in self._all("ExecReload"):
            self._run(command)

    @property
    def _pid(self) -> int | None:
        """The process of it, if one runs that has not ended (and nobody has asked after yet)."""
        try:
            pid = int(self._pid_file.read_text())
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError):
            return None
        return None if state == "Z" else pid

    def _all(self, name: str) -> list[str]:
        values = [value for key, _, value in self._lines if key == name]
        return [re.sub(r"%[iI%]", lambda match: self._specifiers[match[0]], value) for value in values]

    def _one(self, name: str) -> str | None:
        return next(reversed(self._all(name)), None)

    def _run(self, command: str) -> None:
        """Run a program to its end, which is good, unless a hyphen says that it need not be."""
        done = subprocess.run(self._words(command.removeprefix("-")), env=self._environment(), cwd=self._folder())
        if done.returncode != 0 and not command.startswith("-"):
            raise UnitError(f"{self.name}: {command} ended with {done.returncode}.")

    def _words(self, command: str) -> list[str]:
        words = [word.replace("$$", "$") for word in shlex.split(command)]
        user = self._one("User")
        return words if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *words]

    def _folder(self) -> str:
        user, state = self._one("User"), self._one("StateDirectory")
        if user is not None and state is not None:
            folder = Path("/var/lib") / state
            folder.mkdir(exist_ok=True)
            folder.chmod(int(self._one("StateDirectoryMode") or "755", 8))
            shutil.chown(folder, user, user)
        return self._one("WorkingDirectory") or "/"

    def _environment(self) -> dict[str, str]:
        """What systemd gives a service, and what its unit and its files add, which are the later word."""
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        lines = list(self._all("Environment"))
        for file in self._all("EnvironmentFile"):
            lines += [line for line in Path(file).read_text().splitlines() if line and not line.startswith("#")]
        for line in lines:
            name, _, value = line.partition("=")
            environment[name] = " ".join(shlex.split(value))
        return environment


def _units(name: str) -> list[str]:
    """A name, or what stands for it: Debian's `postgresql` is one service for each cluster."""
    if name != "postgresql":
        return [name]
    clusters = subprocess.run(["pg_lsclusters", "--no-header"], capture_output=True, text=True, check=True).stdout
    return ["postgresql@{}-{}".format(*line.split()[:2]) for line in clusters.splitlines()]


def _verify() -> None:
    """Have systemd itself read the units that were written here, where it is installed."""
    files = sorted(map(str, UNITS[0].glob("photolens*")))
    if shutil.which("systemd-analyze"):
        said = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
        ours = [line for line in said.stderr.splitlines() if "photolens" in line]
        if said.returncode != 0 or ours:
            raise UnitError("\n".join(ours or [said.stderr]))


def main(verb: str, *words: str) -> None:
    """`systemctl VERB UNIT…`, for the verbs of the document."""
    STATE.mkdir(exist_ok=True)
    if verb == "daemon-reload":
        _verify()
        return
    names = [word for word in words if not word.startswith("-") and not word.endswith(".timer")]
    units = [Unit(name) for word in names for name in _units(word)]
    steps = {
        "start": [Unit.start],
        "enable": [Unit.start] if "--now" in words else [],
        "stop": [Unit.stop],
        "restart": [Unit.stop, Unit.start],
        "reload": [Unit.reload],
    }
    with ThreadPoolExecutor() as all_at_once:
        for step in steps[verb]:
            list(all_at_once.map(step, units))


if __name__ == "__main__":
    main(*sys.argv[1:])
