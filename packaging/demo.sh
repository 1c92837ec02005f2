#!/usr/bin/env bash
# The main job on the built-in sample: demo.sh FOLDER_OF_PROGRAMS
# With a display the window opens and rebuilds it; without one the command line does the same.
set -euo pipefail
bin=$1

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ]; then
    echo "Opening the window on the built-in sample; its reconstruction starts by itself."
    exec "$bin/srviewer" --sample --reconstruct
fi

sample=$("$bin/python" -c 'from srviewer.paths import resource; print(resource("sample"))')
out=demo-output
rm -rf "$out"
mkdir "$out"

echo "No display: the same job on the command line, into $out/"
"$bin/srviewer" reconstruct "$sample/thick.nii.gz" -o "$out/thin.nii.gz" \
    --json "$out/reconstruction.json"
"$bin/srviewer" reconstruct "$sample/thick.nii.gz" -o "$out/cubic.nii.gz" --method cubic

echo
echo "Scores of the result against the thin scan that the sample was thickened from:"
"$bin/srviewer" compare "$sample/truth.nii.gz" "$out/thin.nii.gz" --json "$out/scores.json"
echo
echo "And of cubic interpolation, the thing to beat:"
"$bin/srviewer" compare "$sample/truth.nii.gz" "$out/cubic.nii.gz" --json "$out/scores-cubic.json"

QT_QPA_PLATFORM=offscreen "$bin/srviewer" screenshot "$sample/thick.nii.gz" \
    --second "$out/thin.nii.gz" --layout compare -o "$out/comparison.png"

cat <<END

Research use only. Not for diagnosis. The results:
    $PWD/$out/thin.nii.gz          the sample rebuilt thin
    $PWD/$out/cubic.nii.gz         the same by cubic interpolation
    $PWD/$out/comparison.png       original above, result below
    $PWD/$out/scores.json          scores of the result
    $PWD/$out/scores-cubic.json    scores of cubic interpolation
END
