#!/usr/bin/env bash
# The system libraries that Qt needs on Debian and Ubuntu, and Python's own venv there.
# As root they are installed; otherwise the line to run is printed and set-up goes on:
# setup-system.sh PYTHON
set -euo pipefail
python=$1

[ "$(uname -s)" = Linux ] || exit 0

libraries="
libEGL.so.1             libegl1
libGL.so.1              libgl1
libglib-2.0.so.0        libglib2.0-0
libdbus-1.so.3          libdbus-1-3
libfontconfig.so.1      libfontconfig1
libfreetype.so.6        libfreetype6
libxkbcommon.so.0       libxkbcommon0
libxkbcommon-x11.so.0   libxkbcommon-x11-0
libX11-xcb.so.1         libx11-xcb1
libxcb-cursor.so.0      libxcb-cursor0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-xkb.so.1         libxcb-xkb1
"

# A plain user's PATH lacks the folder of ldconfig.
known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
missing=()
while read -r library package; do
    [ -z "$library" ] || [[ $known == *"$library"* ]] || missing+=("$package")
done <<<"$libraries"

if [ -z "$(find /usr/share/fonts -name '*.[to]tf' -print -quit 2>/dev/null)" ]; then
    missing+=(fonts-dejavu-core)
fi
# What Python is asked prints nothing where it can make virtual environments, or is none.
venv=$("$python" 2>/dev/null - <<'END' || true
import sys
try:
    import ensurepip, venv
except ImportError:
    print("python%d.%d-venv" % sys.version_info[:2])
END
)
[ -z "$venv" ] || missing+=("$venv")

[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Qt needs what Debian calls: ${missing[*]}"
    echo "Install this system's own packages of it if the window does not start."
elif [ "$(id -u)" -ne 0 ]; then
    echo "Qt needs system libraries that are missing. To install them:"
    echo "    sudo apt-get install ${missing[*]}"
else
    echo "Installing system libraries: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # A network that is away for a moment is no reason to fail.
    patient=(-o Acquire::Retries=5)
    apt-get "${patient[@]}" update -qq || true
    if ! apt-get "${patient[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
        echo "They could not be installed. To try again:"
        echo "    sudo apt-get install ${missing[*]}"
    fi
fi
