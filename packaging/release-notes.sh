#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version: release-notes.sh 0.1.0
# Fails where a file that states the version states another one.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1

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
printf '%s\n' "$notes" "" "Research use only. Not for diagnosis."
