"""`fintech testing redshift-standin` as a person runs it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import redshift_connector
import yaml


def test_the_command_says_how_to_connect_and_leaves_nothing() -> None:
    command = [sys.executable, "-m", "fintech_accelerator", "testing", "redshift-standin", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        profile = yaml.safe_load(said.split("profiles.yml:")[1].split("Ctrl-C")[0])
        target = profile["standin"]["outputs"]["redshift"]
        with closing(
            redshift_connector.connect(
                host=target["host"],
                port=target["port"],
                database=target["dbname"],
                user=target["user"],
                password=target["password"],
                ssl=False,
            )
        ) as connection:
            cursor = connection.cursor()
            cursor.execute("select getdate() is not null")
            assert list(cursor.fetchone()) == [True]
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()

    assert process.returncode == 0
    assert re.search(r"statements: \d+ passed", rest)
    (folder,) = re.findall(r"the folder (\S+)/NAME", said)
    assert not Path(folder).exists()
