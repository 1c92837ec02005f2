#!/usr/bin/env bash
# The pictures of the documentation that need nothing but the built-in samples, drawn without a
# screen: pictures.sh FOLDER_OF_PROGRAMS
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$1 images=docs/images sample=resources/sample/t2_brain_100_thick.nii.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export QT_QPA_PLATFORM=offscreen

srviewer() { "$bin/python" -m srviewer "$@"; }

truth=resources/sample/t2_brain_100_truth.nii.gz
scored=(--reference "$truth" --meaning "the sample's own thin truth")
result=(--second "$work/thin.nii.gz" --name result)
cubic=(--second cubic --name cubic)
one=(--size 900x640) three=(--size 1100x760)

srviewer reconstruct "$sample" -o "$work/thin.nii.gz"
srviewer screenshot "$sample" -o "$images/tutorial-open.png"
srviewer screenshot "$sample" "${result[@]}" "${scored[@]}" --layout compare \
    -o "$images/tutorial-compare.png"
srviewer screenshot "$sample" "${result[@]}" "${cubic[@]}" --without-scan "${scored[@]}" \
    --layout compare -o "$images/tutorial-cubic.png"

# Of docs/viewer.md and the README.
srviewer screenshot "$sample" "${result[@]}" "${scored[@]}" --layout curtain --plane coronal \
    "${one[@]}" -o "$images/curtain.png"
srviewer screenshot "$sample" --second "$truth" --name truth "${result[@]}" --without-scan \
    --layout difference --plane sagittal "${one[@]}" -o "$images/difference.png"
srviewer screenshot "$sample" "${result[@]}" "${cubic[@]}" "${scored[@]}" --layout compare \
    "${three[@]}" -o "$images/compare.png"
srviewer screenshot "$sample" "${result[@]}" --layout compare --slab mean:slices "${three[@]}" \
    -o "$images/slab.png"
srviewer screenshot "$sample" "${result[@]}" --layout compare --rotate=12,-8,25 "${three[@]}" \
    -o "$images/oblique.png"
"$bin/python" packaging/window_pictures.py "$images"
