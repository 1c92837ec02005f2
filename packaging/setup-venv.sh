#!/usr/bin/env bash
# Makes the virtual environment and installs srviewer with its tools: setup-venv.sh PYTHON FOLDER
set -euo pipefail
python=$1 venv=$2
venv_package='import sys; print("python%d.%d-venv" % sys.version_info[:2])'

if ! command -v "$python" >/dev/null; then
    echo "srviewer needs Python 3.11 or newer, and there is no '$python' here." >&2
    echo "Name one: make PYTHON=/path/to/python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "srviewer needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1)." >&2
    echo "Name a newer one: make PYTHON=/path/to/python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "'$python' cannot make virtual environments. On Debian and Ubuntu:" >&2
    echo "    sudo apt-get install $("$python" -c "$venv_package")" >&2
    exit 1
fi

echo "Installing srviewer into $venv (some minutes the first time)"
"$python" -m venv "$venv"
# A network that is away for a minute is no reason to fail.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --retries 8 --timeout 60 --constraint constraints.txt --editable '.[dev]'
