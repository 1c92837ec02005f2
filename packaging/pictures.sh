#!/usr/bin/env bash
# The pictures of the documentation that need nothing but the built-in sample, drawn without a
# screen: pictures.sh FOLDER_OF_PROGRAMS
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

# Of docs/viewer.md and the README.
truth=resources/sample/t2_brain_100_truth.nii.gz
scored=(--reference "$truth" --meaning "the sample's own thin truth")
result=(--second "$work/thin.nii.gz" --name result)
srviewer screenshot "$sample" "${result[@]}" "${scored[@]}" --layout curtain --plane coronal \
    --size 900x640 -o "$images/curtain.png"
srviewer screenshot "$truth" "${result[@]}" --layout difference --plane sagittal --size 900x640 \
    -o "$images/difference.png"
srviewer screenshot "$sample" "${result[@]}" --second cubic --name cubic "${scored[@]}" \
    --layout compare --size 1100x760 -o "$images/compare.png"
"$bin/python" packaging/window_pictures.py "$images"
