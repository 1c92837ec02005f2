#!/usr/bin/env bash
# The main job on the built-in sample: demo.sh FOLDER_OF_PROGRAMS
# With a display the window opens and rebuilds it; without one the command line does the same.
set -euo pipefail
bin=$1

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ]; then
    echo "Opening the window on the built-in sample; its reconstruction starts by itself."
    exec "$bin/srviewer" --sample --reconstruct
fi

thick=$("$bin/python" -c 'from srviewer.paths import sample_scan; print(sample_scan())')
truth=$("$bin/python" -c 'from srviewer.paths import sample_truth; print(sample_truth())')
out=demo-output
rm -rf "$out"
mkdir "$out"

echo "No display: the same job on the command line, into $out/"
"$bin/srviewer" reconstruct "$thick" -o "$out/thin.nii.gz" \
    --json "$out/reconstruction.json"
"$bin/srviewer" reconstruct "$thick" -o "$out/cubic.nii.gz" --method cubic

echo
echo "Scores of the result against the thin scan that the sample was thickened from:"
"$bin/srviewer" compare "$truth" "$out/thin.nii.gz" --json "$out/scores.json"
echo
echo "And of cubic interpolation, the thing to beat:"
"$bin/srviewer" compare "$truth" "$out/cubic.nii.gz" --json "$out/scores-cubic.json"

QT_QPA_PLATFORM=offscreen "$bin/srviewer" screenshot "$thick" \
    --second "$out/thin.nii.gz" --layout compare -o "$out/comparison.png"

cat <<END

Research use only. Not for diagnosis. The results:
    $PWD/$out/thin.nii.gz          the sample reconstructed thin
    $PWD/$out/cubic.nii.gz         the same by cubic interpolation
    $PWD/$out/comparison.png       scan above, result below
    $PWD/$out/scores.json          scores of the result
    $PWD/$out/scores-cubic.json    scores of cubic interpolation
END
