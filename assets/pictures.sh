#!/usr/bin/env bash
# Makes the pictures that README shows, from the running program: `make pictures`.
# Needs tmux, and python3 with rich, which draws a terminal as SVG (Debian: python3-rich). PROGRAM and PICTURES name
# another program than the release build, and another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
pictures=${PICTURES:-assets/screenshots}
for python in python3 /usr/bin/python3 missing; do
    "$python" -c 'import rich' 2> /dev/null && break
done
command -v tmux > /dev/null && [ "$python" != missing ] \
    || { echo "pictures: tmux or python3-rich is missing; on Debian: apt-get install tmux python3-rich" >&2; exit 1; }
[ -n "${PROGRAM:-}" ] || cargo build --release --locked --quiet
program=${PROGRAM:-${CARGO_TARGET_DIR:-target}/release/host-provisioner}
work=$(mktemp -d)
session="pictures-$$"
trap 'tmux -L "$session" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT

screen() { tmux -L "$session" capture-pane -t console -p; }
# Waits, at most 20 seconds, until the screen shows a text.
until_shown() {
    for _ in $(seq 200); do
        screen | grep -qF -- "$1" && return
        sleep 0.1
    done
    echo "pictures: the console does not show: $1" >&2
    exit 1
}
open() {
    tmux -L "$session" -f /dev/null new-session -d -s console -x 120 -y 35 \
        "env -u TMUX -u NO_COLOR HOME=$work TERM=screen-256color $program demo $*"
    until_shown "Last used"
}
keys() { tmux -L "$session" send-keys -t console "$@"; }
typed() { tmux -L "$session" send-keys -t console -l "$1"; }
picture() { # NAME GROUND: what the terminal shows now, on a dark or a light ground
    sleep 0.5
    tmux -L "$session" capture-pane -t console -e -p > "$work/$1.ansi"
    "$python" - "$work/$1.ansi" "$pictures/$1.svg" "$2" <<'PY'
import sys
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from rich.text import Text
lines = open(sys.argv[1], encoding="utf-8").read().rstrip("\n")
console = Console(record=True, width=120, file=open("/dev/null", "w"), force_terminal=True, color_system="truecolor")
console.print(Text.from_ansi(lines), end="")
theme = SVG_EXPORT_THEME if sys.argv[3] == "dark" else DEFAULT_TERMINAL_THEME
console.save_svg(sys.argv[2], title="host-provisioner demo", theme=theme)
PY
}

mkdir -p "$pictures"
open
picture main dark
keys O
until_shown "Rotations by whom"
picture overview dark
keys Escape
until_shown "Last used"
keys j j
keys R
until_shown "Reason"
typed "suspected compromise"
keys Enter
until_shown "Update record"
picture confirm dark
sleep 0.5 # the plan takes no answer before it can have been read
keys y
until_shown "shown once"
picture reveal dark
tmux -L "$session" kill-server
session="light-$$" # a server of its own: the first may still be leaving
open --theme light
picture light light
