"""The lines of docs/install.md that need no root, typed one after the other on an empty database."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import Databases
from demo_process import ROOT

RUN = re.compile(r"```bash\n(.*?)```", re.DOTALL)
ASKS = re.compile(r"^(.* (?:staff|login) add .*)$", re.MULTILINE)


def test_a_school_is_opened_signed_in_to_backed_up_and_restored(
    databases: Databases, django_db_setup: None, tmp_path: Path
) -> None:
    installed, fresh = databases.new(), databases.new()
    lines = "\n".join(RUN.findall((ROOT / "docs" / "install.md").read_text()))
    lines = ASKS.sub(r"\1 <<< a-long-way-home", lines)
    lines = lines.replace("postgresql://schoolbell:choose-one@127.0.0.1/fresh", f"'{fresh}'")
    lines = lines.replace("bin/schoolbell", f"{sys.executable} -m schoolbell")
    shutil.copytree(ROOT / "docs" / "samples", tmp_path / "files")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        | {"DATABASE_URL": installed, "SCHOOLBELL_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT / "src")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    said = done.stdout.splitlines()
    assert "robin@example.org is owner of my-school" in said
    assert "Ada Okafor signs in to my-school as ada.okafor@example.org" in said
    assert "ann@example.org does not run my-school any more" in said
    assert [line for line in said if line.startswith("1 school of ")]
    assert len([line for line in said if re.fullmatch(r"All \d+ rules hold\.", line)]) == 2
    for url in (installed, fresh):
        databases.drop(url)
