#!/usr/bin/env bash
# Makes the pictures that README shows, from the running program: `make pictures`.
# Needs tmux and python3; the library that draws a terminal as SVG (rich, from PyPI) goes into a throwaway folder.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v tmux >/dev/null || { echo "pictures: tmux is missing" >&2; exit 1; }
cargo build --release --locked --quiet
work=$(mktemp -d)
session="pictures-$$"
trap 'tmux -L "$session" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet rich==14.1.0

keys() { tmux -L "$session" send-keys -t console "$@"; sleep 0.7; }
typed() { tmux -L "$session" send-keys -t console -l "$1"; sleep 0.7; }
picture() { # NAME: what the terminal shows now
    tmux -L "$session" capture-pane -t console -e -p > "$work/$1.ansi"
    "$work/venv/bin/python" - "$work/$1.ansi" "assets/screenshots/$1.svg" <<'PY'
import sys
from rich.console import Console
from rich.text import Text
lines = open(sys.argv[1], encoding="utf-8").read().rstrip("\n")
console = Console(record=True, width=120, file=open("/dev/null", "w"), force_terminal=True, color_system="truecolor")
console.print(Text.from_ansi(lines), end="")
console.save_svg(sys.argv[2], title="host-provisioner demo")
PY
}

mkdir -p assets/screenshots
tmux -L "$session" -f /dev/null new-session -d -s console -x 120 -y 35 \
    "env -u TMUX -u NO_COLOR HOME=$work TERM=screen-256color ${CARGO_TARGET_DIR:-target}/release/host-provisioner demo"
sleep 2
picture main
keys j j
keys R
typed "suspected compromise"
keys Enter
picture confirm
keys y
sleep 1
picture reveal
