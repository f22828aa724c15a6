.PHONY: demo test lint pictures

# Opens the console on a throwaway world.
demo:
	cargo run --release --locked -- demo

# Everything that CI runs: format, lints, all tests, documentation.
test: lint
	cargo test --locked --all-targets
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

# Makes the pictures of the README from the running program; needs tmux and python3.
pictures:
	assets/pictures.sh
