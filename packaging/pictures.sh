#!/usr/bin/env bash
# The pictures of docs/tutorial.md, drawn without a screen: pictures.sh FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$1 images=docs/images sample=resources/sample/t2_brain_100_thick.nii.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export QT_QPA_PLATFORM=offscreen

srviewer() { "$bin/python" -m srviewer "$@"; }

srviewer reconstruct "$sample" -o "$work/thin.nii.gz"
srviewer reconstruct "$sample" -o "$work/cubic.nii.gz" --method cubic
srviewer screenshot "$sample" -o "$images/tutorial-open.png"
srviewer screenshot "$sample" --second "$work/thin.nii.gz" --layout compare \
    -o "$images/tutorial-compare.png"
srviewer screenshot "$work/thin.nii.gz" --second "$work/cubic.nii.gz" --layout compare \
    -o "$images/tutorial-cubic.png"
