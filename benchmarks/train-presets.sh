#!/usr/bin/env bash
# Trains every preset with one equal budget, one after another; what is there already is kept:
#   train-presets.sh FOLDER ARGUMENTS    (ARGUMENTS go to srviewer train as they are)
# Example: train-presets.sh out Set91 --layout image --factors 2,4 --minutes 3 --seed 1
set -euo pipefail
folder=$1
shift
mkdir -p "$folder"
python=${PYTHON:-python3}
presets=$("$python" -m srviewer presets --json - | "$python" -c '
import json, sys
rows = json.load(sys.stdin)["presets"]
print(*(row["name"] for row in rows if row["generator"] != "interpolation"))')
for preset in $presets; do
    file=$folder/$preset.safetensors
    [ -e "$file" ] || "$python" -m srviewer train "$@" --preset "$preset" -o "$file"
done
