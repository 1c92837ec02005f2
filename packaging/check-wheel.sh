#!/usr/bin/env bash
# Builds wheel and sdist, installs the wheel in a new environment and does the main job with it:
# check-wheel.sh PYTHON
# Dependencies are those of PYTHON's own environment: only srviewer itself is new.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(realpath -s "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m hatchling build -d "$work/dist" >/dev/null
# As a user would: the wheel is built from the sdist, which must therefore be complete.
mkdir "$work/source"
tar -xzf "$work"/dist/*.tar.gz -C "$work/source" --strip-components=1
(cd "$work/source" && "$python" -m hatchling build -t wheel -d "$work/wheel" >/dev/null)

"$python" -m venv --without-pip "$work/venv"
own=$("$work/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$python" -m pip --python "$work/venv/bin/python" install --quiet --no-deps \
    --disable-pip-version-check "$work"/wheel/*.whl
# A path alone: what is installed there as editable, this checkout among it, is not followed.
"$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$own/dependencies.pth"
case $("$work/venv/bin/python" -I -c 'import srviewer; print(srviewer.__file__)') in
    "$work"/*) ;;
    *) echo "The installed srviewer is not the one of the wheel." >&2; exit 1 ;;
esac

env -u PYTHONPATH QT_QPA_PLATFORM=offscreen packaging/smoke.sh "$work/venv/bin/srviewer"
echo "Sizes:"
du -h --apparent-size "$work"/wheel/*.whl "$work"/dist/*.tar.gz | sed "s#$work/[a-z]*/##"
