#!/usr/bin/env bash
# Whether an installed or frozen srviewer does its main job: smoke.sh PROGRAM [PYTHON OF THE SAMPLE]
# The sample is rebuilt in an empty home, so that nothing of the user's takes part.
set -euo pipefail
program=$(realpath "$1")
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'cd "$here" && rm -rf "$work" || true' EXIT # Windows keeps a folder that somebody is in
export HOME=$work XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config
cd "$work"

"$program" diagnose --json diagnose.json >/dev/null
"$program" models --json models.json >/dev/null
grep -q '"name": "fast"' models.json
"$program" reconstruct "$here/resources/sample/t2_brain_100_thick.nii.gz" -o thin.nii.gz
"$program" compare "$here/resources/sample/t2_brain_100_truth.nii.gz" thin.nii.gz --json scores.json
"$program" join "$here"/resources/sample/stacks/*-{ax,sag}_*.nii.gz -o joined.nii.gz \
    --method cubic --register none
"$program" screenshot thin.nii.gz -o picture.png
[ -s picture.png ]
grep -E '"(srviewer|python|system|models_shipped)"' diagnose.json
echo "It works: $program"
