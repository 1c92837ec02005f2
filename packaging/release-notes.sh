#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version, and, where the page of the repository is given, a line
# for each way to install it from there: release-notes.sh 0.1.0 [https://HOST/OWNER/NAME]
# Fails where a file that states the version states another one.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1 home=${2:-}

stated() { # FILE LINE
    grep -qxF -- "$2" "$1" || {
        echo "$1 is not of version $version: expected the line '$2'. Change it, then tag again." >&2
        exit 1
    }
}
stated srviewer/__init__.py "__version__ = \"$version\""
stated CITATION.cff "version: $version"
stated packaging/windows-installer.iss "  #define Version \"$version\""
grep -qF "release version=\"$version\"" packaging/io.github.srviewer.srviewer.metainfo.xml || {
    echo "The metainfo in packaging/ has no release of version $version. Add it, then tag again." >&2
    exit 1
}
notes=$(awk -v head="## $version" '/^## / { inside = ($0 == head) ; next } inside' CHANGELOG.md)
[ -n "$notes" ] || {
    echo "CHANGELOG.md has no section '## $version'. Add it, then tag again." >&2
    exit 1
}
printf '%s\n' "$notes"
[[ $notes == *"Research use only."* ]] || printf '\n%s\n' "Research use only. Not for diagnosis."
[ -n "$home" ] || exit 0

files=$home/releases/download/v$version/srviewer-$version
cat <<END

### Installation

With Python 3.11 or newer:

    pip install $files-py3-none-any.whl

Without Python, on Linux:

    curl -L $files-Linux.tar.gz | tar -xz && srviewer/srviewer-gui

Without Python, on macOS (Apple silicon):

    curl -L $files-macOS.tar.gz | tar -xz && open srviewer.app

Without Python, on Windows: run $files-setup.exe, or unpack $files-Windows.zip and start srviewer-gui.exe.

The folder of this version, on Debian or Ubuntu:

    git clone --branch v$version $home srviewer && cd srviewer && make demo

Containers are built in that folder (README). SHA256SUMS holds the sum of every file.
END
